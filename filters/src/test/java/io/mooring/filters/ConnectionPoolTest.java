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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A pool with fewer connections than requests. */
class ConnectionPoolTest {

    @Test
    void requestThatGetsNoConnectionIsAnsweredInTime() throws Exception {
        String client = "spring.cloud.gateway.server.webflux.httpclient.";
        try (RawBackend hanging = new RawBackend(Conversation::hang);
                TestGateway gateway = TestGateway.builder()
                        .property(client + "pool.type", "fixed")
                        .property(client + "pool.max-connections", 1)
                        .property(client + "pool.acquire-timeout", 100)
                        .upstream("shop", TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN), hanging.backend("hanging"))
                        .start();
                TestClient first = gateway.client();
                TestClient second = gateway.client()) {
            first.send(TestClient.head("GET", "/shop"));
            Await.until("the only connection is in use", () -> hanging.requests() == 1);

            Response response = second.get("/shop");

            assertThat(response.status()).isEqualTo(503);
            assertThat(response.body()).contains("\"detail\":\"The backend has no free connection.\"");
            assertThat(ExchangeDecision.failureOf(gateway.ended().poll(10, TimeUnit.SECONDS))
                            .map(BackendFailure::kind))
                    .contains(BackendFailure.Kind.EXHAUSTED);
            first.reset();
            Await.until("nothing is active", () -> gateway.active("shop", "hanging") == 0);
        }
    }
}
