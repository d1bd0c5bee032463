package io.mooring.gateway.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableKeeperTest {

    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration OFTEN = Duration.ofMillis(10);

    @TempDir
    Path data;

    private final TestFleet fleet = new TestFleet();

    @Test
    void whatIsThereAtTheEndIsThereAtTheNextStart() throws InterruptedException {
        TableKeeper keeper = new TableKeeper(fleet.fleet, data, NEVER);
        keeper.start();
        assertThat(keeper.isRunning()).isTrue();
        fleet.visits(50);
        stop(keeper);
        assertThat(keeper.isRunning()).isFalse();
        assertThat(keeper.saved(fleet.id())).isEqualTo(1);

        TestFleet next = new TestFleet();
        TableKeeper nextKeeper = new TableKeeper(next.fleet, data, NEVER);
        nextKeeper.start();

        assertThat(next.scope.liveSessions()).hasValue(50);
        assertThat(next.visit(7)).isEqualTo(Outcome.KEPT);
        stop(nextKeeper);
    }

    @Test
    void tablesAreSavedWhileTheProgramRuns() throws InterruptedException {
        fleet.visits(50);
        TableKeeper keeper = new TableKeeper(fleet.fleet, data, OFTEN);
        keeper.start();
        until(() -> keeper.saved(fleet.id()) >= 2);

        TestFleet next = new TestFleet();
        TableKeeper nextKeeper = new TableKeeper(next.fleet, data, NEVER);
        nextKeeper.start();
        assertThat(next.scope.liveSessions()).hasValue(50);
        stop(keeper);
        stop(nextKeeper);
    }

    @Test
    void withoutAnIntervalNothingIsKept() throws InterruptedException {
        TableKeeper keeper = new TableKeeper(fleet.fleet, data, Duration.ZERO);
        keeper.start();
        fleet.visits(5);
        stop(keeper);

        assertThat(data).isEmptyDirectory();
    }

    @Test
    void aTableThatCannotBeUsedIsReplaced() throws Exception {
        Path file = new TableFile(data.resolve(TableKeeper.DIRECTORY), fleet.id()).path();
        Files.createDirectories(file.getParent());
        Files.writeString(file, "not a table");
        TableKeeper keeper = new TableKeeper(fleet.fleet, data, NEVER);
        keeper.start();
        assertThat(fleet.scope.liveSessions()).hasValue(0);
        fleet.visits(5);
        stop(keeper);

        TestFleet next = new TestFleet();
        TableKeeper nextKeeper = new TableKeeper(next.fleet, data, NEVER);
        nextKeeper.start();
        assertThat(next.scope.liveSessions()).hasValue(5);
        stop(nextKeeper);
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsCountedAndServingGoesOnUntilItCan() throws Exception {
        Path sessions = Files.createDirectories(data.resolve(TableKeeper.DIRECTORY));
        Path elsewhere = Files.createDirectories(data.resolve("elsewhere"));
        Files.delete(sessions);
        Files.writeString(sessions, "in the way of the directory");
        TableKeeper keeper = new TableKeeper(fleet.fleet, data, OFTEN);
        keeper.start();

        until(() -> keeper.failed(fleet.id()) >= 3);
        assertThat(fleet.visit(1)).isEqualTo(Outcome.NEW);
        assertThat(fleet.visit(1)).isEqualTo(Outcome.KEPT);
        Files.delete(sessions);
        Files.move(elsewhere, sessions);
        until(() -> keeper.saved(fleet.id()) >= 2);
        stop(keeper);
    }

    @Test
    void whatTheKilledLeftIsRemoved() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Path sessions = Files.createDirectories(data.resolve(TableKeeper.DIRECTORY));
        Path left = Files.createFile(sessions.resolve(TableFile.nameOf(fleet.id()) + "." + dead.pid() + ".draft"));
        TableKeeper keeper = new TableKeeper(fleet.fleet, data, NEVER);
        keeper.start();

        assertThat(left).doesNotExist();
        stop(keeper);
    }

    private static void stop(TableKeeper keeper) throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        keeper.stop(stopped::countDown);
        assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
