package io.mooring.filters;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.filters.backend.BackendFailure;
import io.mooring.filters.support.Await;
import io.mooring.filters.support.RawBackend;
import io.mooring.filters.support.RawBackend.Conversation;
import io.mooring.filters.support.TestClient;
import io.mooring.filters.support.TestClient.Response;
import io.mooring.filters.support.TestGateway;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A pool with fewer connections than requests. */
class ConnectionPoolTest {

    @Test
    void requestThatGetsNoConnectionIsAnsweredInTime() throws Exception {
        try (RawBackend hanging = new RawBackend(Conversation::hang);
                TestGateway gateway = withOneConnection(hanging, 100);
                TestClient first = gateway.client();
                TestClient second = gateway.client()) {
            first.send(TestClient.head("GET", "/shop"));
            Await.until("the only connection is in use", () -> hanging.requests() == 1);

            Response response = second.get("/shop");

            assertThat(response.status()).isEqualTo(503);
            assertThat(response.body()).contains("\"detail\":\"The backend has no free connection.\"");
            assertThat(ExchangeDecision.failureOf(gateway.nextEnded()).map(BackendFailure::kind))
                    .contains(BackendFailure.Kind.EXHAUSTED);
            first.reset();
            Await.until("nothing is active", () -> gateway.active("shop", "hanging") == 0);
        }
    }

    @Test
    void requestsBeyondThoseThatMayWaitAreRefusedAtOnce() throws Exception {
        try (RawBackend hanging = new RawBackend(Conversation::hang);
                TestGateway gateway = withOneConnection(hanging, 3_600_000);
                TestClient served = gateway.client();
                TestClient one = gateway.client();
                TestClient two = gateway.client();
                TestClient three = gateway.client()) {
            served.send(TestClient.head("GET", "/shop"));
            Await.until("the only connection is in use", () -> hanging.requests() == 1);
            List<TestClient> others = List.of(one, two, three);
            for (TestClient other : others) {
                other.send(TestClient.head("GET", "/shop"));
            }

            Await.until(
                    "all but the one that may wait are answered",
                    () -> gateway.ended().size() == 2);

            assertThat(gateway.ended())
                    .allSatisfy(exchange -> assertThat(
                                    ExchangeDecision.failureOf(exchange).map(BackendFailure::kind))
                            .contains(BackendFailure.Kind.EXHAUSTED));
            assertThat(gateway.active("shop", "hanging")).isEqualTo(2);
            for (TestClient other : others) {
                other.reset();
            }
            served.reset();
            Await.until("nothing is active", () -> gateway.active("shop", "hanging") == 0);
        }
    }

    private static TestGateway withOneConnection(RawBackend hanging, int acquireTimeoutMillis) {
        String pool = "spring.cloud.gateway.server.webflux.httpclient.pool.";
        return TestGateway.builder()
                .property(pool + "type", "fixed")
                .property(pool + "max-connections", 1)
                .property(pool + "acquire-timeout", acquireTimeoutMillis)
                .upstream("shop", TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN), hanging.backend("hanging"))
                .start();
    }
}
