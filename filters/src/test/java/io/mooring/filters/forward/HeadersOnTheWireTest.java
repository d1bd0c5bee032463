package io.mooring.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.filters.support.RawBackend;
import io.mooring.filters.support.TestBackend;
import io.mooring.filters.support.TestBackend.Seen;
import io.mooring.filters.support.TestClient;
import io.mooring.filters.support.TestClient.Response;
import io.mooring.filters.support.TestGateway;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/**
 * What is done in one pass comes to the same as asking the stock filters one after another: two gateways, of which
 * one has another filter beside them, which changes nothing.
 */
class HeadersOnTheWireTest {

    private static final String COOKIE = "shop-session";

    private static TestBackend backend;
    private static RawBackend raw;
    private static TestGateway atOnce;
    private static TestGateway oneByOne;
    private static volatile String said;

    @BeforeAll
    static void start() {
        backend = TestBackend.answering("one");
        raw = new RawBackend(conversation -> conversation.say(said));
        atOnce = gateway();
        oneByOne = gateway(AnotherFilter.class);
    }

    private static TestGateway gateway(Class<?>... more) {
        return TestGateway.builder()
                .upstream("shop", TestGateway.sticky(COOKIE), backend.backend())
                .upstream("raw", TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN), raw.backend("raw"))
                .start(more);
    }

    @AfterAll
    static void stop() {
        atOnce.close();
        oneByOne.close();
        backend.close();
        raw.close();
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                of("nothing"),
                of("what a browser sends", "User-Agent: test", "Accept: text/html", "Accept-Encoding: br"),
                of("fields of several lines", "Accept: a/b", "Accept: c/d", "X-Many: 1", "x-many: 2"),
                of("cookies", "Cookie: a=b; shop-session=forged; c=d", "Cookie: e=f"),
                of("nothing but a session cookie", "Cookie: shop-session=forged"),
                of("hop by hop", "Keep-Alive: timeout=5", "TE: trailers", "Trailer: X-Sum", "Upgrade: h2c"),
                of("proxy", "Proxy-Authorization: Basic YTpi", "Proxy-Authenticate: Basic"),
                of("options", "Connection: close, X-Own ,x-OTHER", "X-Own: 1", "X-Other: 2", "X-Third: 3"),
                of("options in two lines", "Connection: keep-alive", "Connection: X-Own", "X-Own: 1"),
                of("a forged origin", "Forwarded: for=1.2.3.4", "X-Forwarded-For: 1.2.3.4", "x-forwarded-own: 1"),
                of("nearly forwarded", "X-Forward: 1", "Forwarded-By: me", "X-Forwarded: 1"),
                of("grpc", "Content-Type: application/grpc+proto", "TE: trailers"),
                of("an empty value", "X-Empty:"),
                of("latin", "X-Name: M\u00fcller"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void backendSeesTheSameFields(String name, String... fields) throws IOException {
        assertThat(seen(atOnce, "GET", fields)).isEqualTo(seen(oneByOne, "GET", fields));
        assertThat(seen(atOnce, "POST", fields)).isEqualTo(seen(oneByOne, "POST", fields));
    }

    @Test
    void backendSeesNoFieldThatTheClientDidNotSend() throws IOException {
        assertThat(seen(atOnce, "GET")).containsExactly(Map.entry("host", "127.0.0.1:" + backend.port()));
    }

    @Test
    void backendSeesOfAChunkedBodyThatItIsChunked() throws IOException {
        try (TestClient client = atOnce.client()) {
            client.send(TestClient.head("POST", "/shop", "Transfer-Encoding: chunked") + "2\r\nab\r\n0\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
        }

        Seen seen = backend.drain().get(0);
        assertThat(seen.all("Transfer-Encoding")).containsExactly("chunked");
        assertThat(seen.all("Content-Length")).isEmpty();
    }

    static Stream<Arguments> responses() {
        return Stream.of(
                of("a length", "Content-Length: 2"),
                of("cookies", "Content-Length: 2", "Set-Cookie: a=b", "Set-Cookie: c=d"),
                of("hop by hop", "Content-Length: 2", "Connection: close", "Keep-Alive: timeout=5", "Trailer: X-Sum"),
                of("options", "Content-Length: 2", "Connection: X-Own", "X-Own: 1", "X-Other: 2"),
                of("names in any case", "content-length: 2", "X-a: 1", "x-A: 2"),
                of("a type", "Content-Length: 2", "Content-Type: text/plain;charset=utf-8"),
                of("a made up type", "Content-Length: 2", "Content-Type: what?"),
                of("an empty type", "Content-Length: 2", "Content-Type:"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("responses")
    void clientSeesTheSameFields(String name, String... fields) throws IOException {
        said = "HTTP/1.1 200 OK\r\n" + String.join("\r\n", fields) + "\r\n\r\nok";
        try (TestClient first = atOnce.client();
                TestClient second = oneByOne.client()) {
            Response expected = second.get("/raw");
            Response response = first.get("/raw");

            assertThat(sorted(response.headers())).isEqualTo(sorted(expected.headers()));
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("ok");
        }
    }

    private static List<Map.Entry<String, String>> seen(TestGateway gateway, String method, String... fields)
            throws IOException {
        backend.drain();
        try (TestClient client = gateway.client()) {
            Response response =
                    method.equals("GET") ? client.get("/shop", fields) : client.post("/shop", "body", fields);
            assertThat(response.status()).isEqualTo(200);
        }
        return sorted(backend.drain().get(0).headers());
    }

    private static List<Map.Entry<String, String>> sorted(List<Map.Entry<String, String>> fields) {
        return fields.stream()
                .map(field -> Map.entry(field.getKey().toLowerCase(Locale.ROOT), field.getValue()))
                .sorted(Map.Entry.comparingByKey())
                .toList();
    }

    private static Arguments of(String name, String... fields) {
        return Arguments.of(name, fields);
    }

    @Configuration(proxyBeanMethods = false)
    static class AnotherFilter {

        @Bean
        HttpHeadersFilter anotherFilter() {
            return new HttpHeadersFilter() {
                @Override
                public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
                    return input;
                }

                @Override
                public boolean supports(Type type) {
                    return true;
                }
            };
        }
    }
}
