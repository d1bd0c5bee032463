package io.mooring.balancer.source;

import static io.mooring.balancer.source.SourceTable.NOT_REMEMBERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mooring.balancer.source.SourceLookup.Standing;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SourceTableTest {

    private static final long IDLE = Duration.ofSeconds(30).toNanos();
    private static final SourceAddress CLIENT = source(1);

    private final SourceTable table = table(100, null);

    @Test
    void aStrangerHasNoSession() {
        assertThat(table.find(CLIENT, 0)).isEqualTo(SourceLookup.NONE);
        assertThat(table.touch(CLIENT, 0)).isFalse();
        assertThat(table.reassign(CLIENT, 3, 0)).isFalse();
        assertThat(table.liveSessions(0)).isZero();
    }

    @Test
    void releasingAStrangerDoesNothing() {
        table.release(CLIENT, 0);
        table.rebind(CLIENT, 0, 1);

        assertThat(table.find(CLIENT, 0)).isEqualTo(SourceLookup.NONE);
    }

    @ParameterizedTest
    @CsvSource({"-1, LIVE", "0, IDLE_EXPIRED", "1, IDLE_EXPIRED"})
    void aSessionIsOverWhenItsIdleTimeoutIs(long nanos, Standing standing) {
        visit(CLIENT, 7, 0);

        assertThat(table.find(CLIENT, IDLE + nanos)).isEqualTo(new SourceLookup(standing, 7));
        assertThat(table.liveSessions(IDLE + nanos)).isEqualTo(standing == Standing.LIVE ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({"-1, IDLE_EXPIRED", "0, NONE", "1, NONE"})
    void anEndedSessionIsKnownForOneMoreIdleTimeout(long nanos, Standing standing) {
        visit(CLIENT, 7, 0);

        assertThat(table.find(CLIENT, 2 * IDLE + nanos).standing()).isEqualTo(standing);
    }

    @ParameterizedTest
    @CsvSource({"-1, LIVE", "0, MAX_EXPIRED", "1, MAX_EXPIRED"})
    void aBusySessionIsOverWhenItsAbsoluteTimeoutIs(long nanos, Standing standing) {
        SourceTable bounded = table(100, Duration.ofSeconds(40));
        bounded.claim(CLIENT, NOT_REMEMBERED, 7, false, 0);

        assertThat(bounded.find(CLIENT, Duration.ofSeconds(40).toNanos() + nanos))
                .isEqualTo(new SourceLookup(standing, 7));
    }

    @Test
    void theIdleTimeDoesNotRunWhileASessionIsHeld() {
        table.claim(CLIENT, NOT_REMEMBERED, 7, false, 0);
        table.claim(CLIENT, 7, 7, false, IDLE);
        table.release(CLIENT, 2 * IDLE);

        assertThat(table.find(CLIENT, 50 * IDLE).standing()).isEqualTo(Standing.LIVE);

        table.release(CLIENT, 50 * IDLE);
        assertThat(table.find(CLIENT, 51 * IDLE - 1).standing()).isEqualTo(Standing.LIVE);
        assertThat(table.find(CLIENT, 51 * IDLE).standing()).isEqualTo(Standing.IDLE_EXPIRED);
    }

    @Test
    void aTouchBeginsTheIdleTimeAnewAndDoesNotWakeTheDead() {
        visit(CLIENT, 7, 0);

        assertThat(table.touch(CLIENT, IDLE - 1)).isTrue();
        assertThat(table.find(CLIENT, 2 * IDLE - 2).standing()).isEqualTo(Standing.LIVE);
        assertThat(table.touch(CLIENT, 2 * IDLE - 1)).isFalse();
    }

    @Test
    void aLiveSessionOfSomebodyElseIsNotTakenOver() {
        visit(CLIENT, 7, 0);

        assertThat(table.claim(CLIENT, NOT_REMEMBERED, 3, false, 1)).isEqualTo(7);
        assertThat(table.claim(CLIENT, 5, 3, true, 1)).isEqualTo(7);
    }

    @Test
    void aMoveGoesOnWithTheSessionAndARenewalBeginsOne() {
        SourceTable bounded = table(100, Duration.ofNanos(100));
        bounded.claim(CLIENT, NOT_REMEMBERED, 7, false, 0);
        assertThat(bounded.claim(CLIENT, 7, 3, false, 60)).isEqualTo(3);
        assertThat(bounded.find(CLIENT, 100).standing()).isEqualTo(Standing.MAX_EXPIRED);

        assertThat(bounded.claim(CLIENT, 3, 4, false, 100)).isEqualTo(4);
        assertThat(bounded.claim(CLIENT, 4, 5, true, 160)).isEqualTo(5);
        assertThat(bounded.find(CLIENT, 259).standing()).isEqualTo(Standing.LIVE);
        assertThat(bounded.find(CLIENT, 260).standing()).isEqualTo(Standing.MAX_EXPIRED);
    }

    @Test
    void aHeldSessionIsBoundAnewUnlessItChangedHands() {
        table.claim(CLIENT, NOT_REMEMBERED, 7, false, 0);
        table.rebind(CLIENT, 6, 3);
        assertThat(table.find(CLIENT, 0).binding()).isEqualTo(7);

        table.rebind(CLIENT, 7, 3);
        assertThat(table.find(CLIENT, 0).binding()).isEqualTo(3);
        assertThat(table.liveSessions(7, 0)).isZero();
        assertThat(table.liveSessions(3, 0)).isEqualTo(1);
    }

    @Test
    void theEntryNearestItsExpiryGivesWay() {
        SourceTable small = table(3, null);
        for (int i = 1; i <= 3; i++) {
            small.claim(source(i), NOT_REMEMBERED, i, false, i);
            small.release(source(i), i);
        }
        small.touch(source(1), 4);

        small.claim(source(4), NOT_REMEMBERED, 4, false, 5);

        assertThat(small.find(source(2), 5)).isEqualTo(SourceLookup.NONE);
        for (int i : new int[] {1, 3, 4}) {
            assertThat(small.find(source(i), 5)).isEqualTo(new SourceLookup(Standing.LIVE, i));
        }
        assertThat(small.liveSessions(5)).isEqualTo(3);
    }

    @Test
    void aTableOfHeldEntriesRemembersNobodyElse() {
        SourceTable small = table(2, null);
        small.claim(source(1), NOT_REMEMBERED, 1, false, 0);
        small.claim(source(2), NOT_REMEMBERED, 2, false, 0);

        assertThat(small.claim(CLIENT, NOT_REMEMBERED, 9, false, 0))
                .as("one of the held")
                .isEqualTo(1);
        assertThat(small.claim(source(3), NOT_REMEMBERED, 3, false, 100 * IDLE)).isEqualTo(NOT_REMEMBERED);
        small.release(source(3), 100 * IDLE);
        assertThat(small.find(source(1), 100 * IDLE).standing()).isEqualTo(Standing.LIVE);

        small.release(source(2), 100 * IDLE);
        assertThat(small.claim(source(3), NOT_REMEMBERED, 3, false, 100 * IDLE)).isEqualTo(3);
    }

    @Test
    void aTableOfOneEntryWorks() {
        SourceTable one = table(1, null);
        for (int i = 0; i < 5; i++) {
            assertThat(one.claim(source(i), NOT_REMEMBERED, i, false, i)).isEqualTo(i);
            one.release(source(i), i);
        }

        assertThat(one.liveSessions(5)).isEqualTo(1);
        assertThat(one.find(source(4), 5).standing()).isEqualTo(Standing.LIVE);
    }

    @Test
    void sessionsAreCountedByTheirBindings() {
        for (int i = 0; i < 60; i++) {
            visit(source(i), i % 3 == 0 ? 1_000 : 2, i);
        }

        assertThat(table.liveSessions(60)).isEqualTo(60);
        assertThat(table.liveSessions(1_000, 60)).isEqualTo(20);
        assertThat(table.liveSessions(2, 60)).isEqualTo(40);
        assertThat(table.liveSessions(5_000, 60)).isZero();
        assertThat(table.liveSessions(IDLE + 29)).isEqualTo(30);
        assertThat(table.liveSessions(IDLE + 59)).isZero();
    }

    @Test
    void roomOfForgottenEntriesIsUsedAgain() {
        SourceTable small = table(5, null);
        for (int i = 0; i < 5; i++) {
            small.claim(source(i), NOT_REMEMBERED, 1, false, 0);
            small.release(source(i), 0);
        }

        for (int i = 5; i < 10; i++) {
            assertThat(small.claim(source(i), NOT_REMEMBERED, 1, false, 2 * IDLE))
                    .isEqualTo(1);
        }
        assertThat(small.liveSessions(2 * IDLE)).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {SourceTable.SINGLE_SHARD_BELOW - 1, SourceTable.SINGLE_SHARD_BELOW, 20_000})
    void aTableFillsToItsBoundAndNotBeyond(int maxEntries) {
        SourceTable large = table(maxEntries, null);
        for (int i = 0; i < maxEntries; i++) {
            large.claim(source(i), NOT_REMEMBERED, 1, false, 0);
            large.release(source(i), 0);
        }
        assertThat(large.liveSessions(0)).isEqualTo(maxEntries);

        for (int i = 0; i < maxEntries; i++) {
            large.claim(source(maxEntries + i), NOT_REMEMBERED, 1, false, 1);
            large.release(source(maxEntries + i), 1);
            if (i % 1_000 == 0) {
                assertThat(large.liveSessions(1)).isEqualTo(maxEntries);
            }
        }
        assertThat(large.liveSessions(1)).isEqualTo(maxEntries);
    }

    @Test
    void aTableWithoutEntriesIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> table(0, null))
                .withMessage("max-entries: 0 (expected: 1 or more)");
    }

    private void visit(SourceAddress source, int binding, long now) {
        assertThat(table.claim(source, NOT_REMEMBERED, binding, false, now)).isEqualTo(binding);
        table.release(source, now);
    }

    private static SourceTable table(int maxEntries, Duration absolute) {
        return new SourceTable(maxEntries, Duration.ofNanos(IDLE), absolute, 42);
    }

    private static SourceAddress source(int number) {
        return new SourceAddress(0, number);
    }
}
