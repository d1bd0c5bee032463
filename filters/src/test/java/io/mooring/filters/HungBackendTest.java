package io.mooring.filters;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.upstream.AdminState;
import io.mooring.filters.support.Await;
import io.mooring.filters.support.RawBackend;
import io.mooring.filters.support.TestClient;
import io.mooring.filters.support.TestClient.Response;
import io.mooring.filters.support.TestGateway;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A backend that says nothing, and what is known of it when the response timeout is over. */
class HungBackendTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

    private final AtomicBoolean hangs = new AtomicBoolean();

    /** A client that is bound to the backend that hangs asks, and meanwhile the backend is found unable or not. */
    @ParameterizedTest(name = "{0}, {1} bytes, strict: {2}, lost: {3}: {4}")
    @CsvSource({
        "GET,    0, false, true,  200",
        "HEAD,   0, false, true,  200",
        "POST,   0, false, true,  504",
        "PUT,    3, false, true,  504",
        "GET,    0, true,  true,  504",
        "GET,    0, false, false, 504"
    })
    void repeatableRequestGoesToTheNextBackendIfItsOwnIsLost(
            String method, int length, boolean strict, boolean lost, int status) throws Exception {
        try (RawBackend hanging = new RawBackend(conversation -> {
                    if (hangs.get()) {
                        conversation.hang();
                    }
                    conversation.say(OK);
                });
                RawBackend other = new RawBackend(conversation -> conversation.say(OK));
                TestGateway gateway = TestGateway.builder()
                        .upstream(
                                "shop",
                                TestGateway.sticky("shop", strict, null),
                                hanging.backend("hanging"),
                                other.backend("other"))
                        .metadata("response-timeout", 1_500)
                        .start();
                TestClient client = gateway.client()) {
            String cookie = bindTo(hanging, gateway);
            hangs.set(true);
            int before = hanging.requests();
            int othersBefore = other.requests();
            client.send(TestClient.head(method, "/shop", cookie, "Content-Length: " + length) + "x".repeat(length));
            Await.until("the backend is asked", () -> hanging.requests() > before);
            if (lost) {
                gateway.upstream("shop").administer("hanging", AdminState.MAINTENANCE);
            }

            assertThat(client.read().status()).isEqualTo(status);
            assertThat(other.requests() - othersBefore).isEqualTo(status == 200 ? 1 : 0);
            assertThat(gateway.lastDecision().outcome()).isEqualTo(status == 200 ? Outcome.MOVED : Outcome.KEPT);
        }
    }

    private static String bindTo(RawBackend wanted, TestGateway gateway) throws IOException {
        while (true) {
            int before = wanted.requests();
            try (TestClient client = gateway.client()) {
                Response response = client.get("/shop");
                if (wanted.requests() > before) {
                    gateway.lastDecision();
                    return "Cookie: " + response.cookie("shop").orElseThrow();
                }
            }
        }
    }
}
