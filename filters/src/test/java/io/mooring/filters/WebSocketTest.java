package io.mooring.filters;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.filters.support.Await;
import io.mooring.filters.support.TestBackend;
import io.mooring.filters.support.TestClient;
import io.mooring.filters.support.TestClient.Response;
import io.mooring.filters.support.TestGateway;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets through routes to our upstreams. */
class WebSocketTest {

    private static final String COOKIE = "shop-session";
    /** A masked frame with the text "hi" and a mask of zeros. */
    private static final String HI = "\u0081\u0082\0\0\0\0hi";

    private static TestBackend one;
    private static TestBackend two;
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        one = echoing("one");
        two = echoing("two");
        gateway = TestGateway.builder()
                .upstream("shop", TestGateway.sticky(COOKIE), one.backend(), two.backend())
                .foreignRoute("ws", "lb:ws://shop")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        one.close();
        two.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/shop", "/ws"})
    void socketIsHeldByItsCookieAndCountedUntilItCloses(String path) throws Exception {
        String session;
        String backend;
        try (TestClient first = gateway.client()) {
            Response accepted = upgrade(first, path, "X-Nothing: here");
            session = accepted.cookie(COOKIE).orElseThrow();
            assertThat(gateway.lastDecision().outcome()).isEqualTo(Outcome.NEW);
            backend = say(first);
            assertThat(gateway.active("shop", backend)).isEqualTo(1);
            for (int i = 0; i < 3; i++) {
                try (TestClient again = gateway.client()) {
                    Response kept = upgrade(again, path, "Cookie: a=1; " + session);
                    assertThat(kept.all("Set-Cookie")).isEmpty();
                    assertThat(say(again)).isEqualTo(backend);
                    assertThat(gateway.active("shop", backend)).isEqualTo(2);
                }
                Await.until("the socket is closed", () -> gateway.active("shop", backend) == 1);
                assertThat(gateway.lastDecision().outcome()).isEqualTo(Outcome.KEPT);
            }
        }
        Await.until("all are closed", () -> gateway.active("shop", backend) == 0);
        TestBackend bound = backend.equals("one") ? one : two;
        assertThat(bound.drain())
                .hasSize(4)
                .last()
                .satisfies(seen -> assertThat(seen.all("Cookie")).containsExactly("a=1"));
    }

    private static Response upgrade(TestClient client, String path, String header) throws IOException {
        Response response = client.get(
                path,
                header,
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        assertThat(response.status()).isEqualTo(101);
        return response;
    }

    /** Says something, and gives the id of the backend that echoed it. */
    private static String say(TestClient client) throws IOException {
        client.send(HI);
        String head = client.bytes(2);
        assertThat(head.charAt(0)).isEqualTo('\u0081');
        String echo = client.bytes(head.charAt(1));
        assertThat(echo).endsWith(":hi");
        return echo.substring(0, echo.indexOf(':'));
    }

    private static TestBackend echoing(String id) {
        return TestBackend.of(
                id,
                (request, response) -> response.sendWebsocket(
                        (in, out) -> out.sendString(in.receive().asString().map(text -> id + ":" + text))));
    }
}
