package io.mooring.filters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Outcome;
import io.mooring.filters.support.Await;
import io.mooring.filters.support.RawBackend;
import io.mooring.filters.support.TestBackend;
import io.mooring.filters.support.TestGateway;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** What is different for a client that speaks HTTP/2. */
class Http2Test {

    private static final String COOKIE = "shop-session";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static TestBackend one;
    private static RawBackend breaking;
    private static TestGateway gateway;
    private static ConnectionProvider connections;
    private static HttpClient client;

    @BeforeAll
    static void start() {
        one = TestBackend.answering("one");
        breaking = new RawBackend(conversation -> {
            conversation.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
            conversation.pause();
            conversation.reset();
        });
        gateway = TestGateway.builder()
                .property("server.http2.enabled", true)
                .upstream("shop", TestGateway.sticky(COOKIE), one.backend())
                .upstream(
                        "breaking",
                        TestGateway.plain(Balancing.WEIGHTED_LEAST_CONNECTIONS),
                        breaking.backend("breaking"))
                .start();
        connections = ConnectionProvider.create("http2-test", 1);
        client = HttpClient.create(connections)
                .host("127.0.0.1")
                .port(gateway.port())
                .protocol(HttpProtocol.H2C);
    }

    @AfterAll
    static void stop() {
        connections.disposeLater().block(PATIENCE);
        gateway.close();
        one.close();
        breaking.close();
    }

    @Test
    void crumbsOfTheCookieHeaderArePartedLikeOneHeader() throws Exception {
        String setCookie = client.get()
                .uri("/shop")
                .response()
                .map(response -> response.responseHeaders().get("set-cookie"))
                .block(PATIENCE);
        assertThat(setCookie).startsWith(COOKIE);
        assertThat(gateway.lastDecision().outcome()).isEqualTo(Outcome.NEW);
        String session = setCookie.substring(0, setCookie.indexOf(';'));
        one.drain();

        client.headers(headers ->
                        headers.add("cookie", "a=1").add("cookie", session).add("cookie", "b=2"))
                .get()
                .uri("/shop")
                .response()
                .block(PATIENCE);

        assertThat(gateway.lastDecision().outcome()).isEqualTo(Outcome.KEPT);
        assertThat(one.drain())
                .singleElement()
                .satisfies(seen -> assertThat(seen.all("Cookie")).containsExactly("a=1; b=2"));
    }

    @Test
    void streamOfACutResponseIsResetAndTheConnectionStaysGood() {
        Mono<String> cut =
                client.get().uri("/breaking").responseContent().aggregate().asString();

        assertThatThrownBy(() -> cut.block(PATIENCE)).hasRootCauseInstanceOf(IOException.class);

        assertThat(client.get()
                        .uri("/shop")
                        .responseContent()
                        .aggregate()
                        .asString()
                        .block(PATIENCE))
                .isEqualTo("one");
        Await.until("nothing is active", () -> gateway.active("breaking", "breaking") == 0);
    }
}
