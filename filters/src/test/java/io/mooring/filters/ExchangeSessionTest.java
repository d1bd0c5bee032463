package io.mooring.filters;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.session.SessionContext;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.filters.loadbalancer.DecisionRequest;
import io.mooring.filters.support.SettableClock;
import io.mooring.filters.support.TestGateway;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExchangeSessionTest {

    private final SettableClock clock = new SettableClock();
    private final Upstream upstream = new Upstream(
            "shop", List.of(new Backend("one", "one.test", 1, 10), new Backend("two", "two.test", 2, 10)), clock);
    private final Scope scope = new Scope(
            new ScopeId(ScopeId.Kind.UPSTREAM, "shop"),
            upstream,
            new Policy(Balancing.WEIGHTED_ROUND_ROBIN, new Persistence.None()),
            new SessionContext(
                    new KeyRing(List.of(TestGateway.signingKey("k"))), clock, clock, new SplittableRandom(3)));
    private final ScopeBinding binding = ScopeBinding.of(scope);

    @AfterEach
    void nothingIsActive() {
        assertThat(upstream.snapshot().members())
                .allSatisfy(member -> assertThat(member.activity().active()).isZero());
    }

    @Test
    void nothingIsChosenAfterTheEnd() {
        ExchangeSession session = session();
        session.close();

        assertThat(session.choose()).isNull();
        assertThat(session.decision()).isNull();
    }

    @Test
    void endIsTheEndHoweverOftenItComes() {
        ExchangeSession session = session();
        assertThat(session.choose()).isNotNull();
        session.close();
        session.close();
        session.settle();

        assertThat(session.choose()).isNull();
    }

    /** A client may leave at the very moment at which a backend is chosen or given up on. */
    @Test
    void nothingStaysOpenWhenTheEndComesAmidAChoice() throws Exception {
        int rounds = 20_000;
        CyclicBarrier start = new CyclicBarrier(2);
        ExchangeSession[] sessions = new ExchangeSession[rounds];
        for (int i = 0; i < rounds; i++) {
            sessions[i] = session();
        }
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<?> choosing = threads.submit(() -> {
                start.await();
                for (ExchangeSession session : sessions) {
                    session.choose();
                    session.choose();
                    session.settle();
                }
                return null;
            });
            Future<?> closing = threads.submit(() -> {
                start.await();
                for (ExchangeSession session : sessions) {
                    session.close();
                }
                return null;
            });
            choosing.get();
            closing.get();
        } finally {
            threads.shutdownNow();
        }
    }

    private ExchangeSession session() {
        return new ExchangeSession(binding, new DecisionRequest(null, List.of()), false, List.of());
    }
}
