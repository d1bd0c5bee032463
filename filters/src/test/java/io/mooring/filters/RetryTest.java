package io.mooring.filters;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.filters.support.Await;
import io.mooring.filters.support.RawBackend;
import io.mooring.filters.support.RawBackend.Conversation;
import io.mooring.filters.support.TestBackend;
import io.mooring.filters.support.TestClient;
import io.mooring.filters.support.TestClient.Response;
import io.mooring.filters.support.TestGateway;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A route's own {@code Retry} filter, which runs the filters after it again. */
class RetryTest {

    private static final String COOKIE = "shop-session";

    @Test
    void retryGoesOnWithTheNextBackendUntilOneAnsweredAndThenStaysWithIt() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (RawBackend broken = new RawBackend(Conversation::reset);
                TestBackend slowStarter = TestBackend.of(
                        "starter",
                        (request, response) -> response.status(requests.getAndIncrement() == 0 ? 503 : 200)
                                .sendString(Mono.just("ok")));
                TestGateway gateway = TestGateway.builder()
                        .upstream("shop", TestGateway.sticky(COOKIE), broken.backend("broken"), slowStarter.weighing(1))
                        .filter(0, "Retry=3")
                        .start();
                TestClient client = gateway.client()) {

            Response response = client.get("/shop");

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.backend()).isEqualTo("starter");
            assertThat(response.cookie(COOKIE)).isPresent();
            assertThat(broken.requests()).isBetween(0, 1);
            assertThat(requests).hasValue(2);
            assertThat(gateway.lastDecision().outcome()).isEqualTo(Outcome.NEW);
            assertThat(gateway.scope("shop").outcomes(Outcome.NEW))
                    .as("one request, one outcome")
                    .isEqualTo(1);
            Await.until("nothing is active", () -> gateway.active("shop", "starter") == 0);
            assertThat(gateway.active("shop", "broken")).isZero();
        }
    }
}
