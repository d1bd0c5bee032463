package io.mooring.balancer.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A table that is saved and looked at again and again while clients come from all sides. */
final class SavedWhileServingTest {

    private static final int REGULARS = 2_000;
    private static final int STRANGERS = 200_000;
    private static final int ENTRIES = 20_000;
    private static final int ROUNDS = 20;

    private final TestGateway gateway = new TestGateway("a:10 b:10 c:10");
    private final Scope scope = gateway.scope(TestGateway.source(null, false, ENTRIES));

    @Test
    void everySavedTableIsWholeAndHasAllThatWereThereAllTheWhile() throws Exception {
        List<Decision> open = new ArrayList<>();
        for (int client = 0; client < REGULARS; client++) {
            open.add(scope.decide(TestGateway.client(client), List.of()));
        }
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        List<byte[]> tables = new ArrayList<>();
        try {
            List<Future<Void>> traffic = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                traffic.add(threads.submit(traffic(new Random(thread), done)));
            }
            for (int round = 0; round < ROUNDS; round++) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                scope.directory().orElseThrow().save(out);
                tables.add(out.toByteArray());
            }
            done.set(true);
            for (Future<Void> each : traffic) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }

        for (byte[] table : tables) {
            Scope after = new TestGateway("a:10 b:10 c:10").scope(TestGateway.source(null, false, ENTRIES));
            after.directory().orElseThrow().restore(new BytesChannel(table));
            for (int client = 0; client < REGULARS; client++) {
                Decision before = open.get(client);
                try (Decision decision = after.decide(TestGateway.client(client), List.of())) {
                    assertThat(decision.outcome()).isEqualTo(Outcome.KEPT);
                    assertThat(decision.member().id()).isEqualTo(before.member().id());
                }
            }
        }
        open.forEach(Decision::close);
        assertThat(gateway.active()).isZero();
    }

    private Callable<Void> traffic(Random random, AtomicBoolean done) {
        return () -> {
            while (!done.get()) {
                int client = random.nextInt(4) == 0 ? random.nextInt(REGULARS) : REGULARS + random.nextInt(STRANGERS);
                try (Decision decision = scope.decide(TestGateway.client(client), List.of())) {
                    assertThat(decision.member()).isNotNull();
                }
            }
            return null;
        };
    }
}
