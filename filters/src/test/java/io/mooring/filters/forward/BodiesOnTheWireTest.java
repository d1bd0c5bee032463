package io.mooring.filters.forward;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.filters.support.Await;
import io.mooring.filters.support.RawBackend;
import io.mooring.filters.support.RawBackend.Script;
import io.mooring.filters.support.TestClient;
import io.mooring.filters.support.TestClient.Response;
import io.mooring.filters.support.TestGateway;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Responses arrive as they were sent, whether they came in one piece or in many. */
class BodiesOnTheWireTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private static RawBackend backend;
    private static TestGateway gateway;
    private static volatile Script script;
    private TestClient client;

    @BeforeAll
    static void start() {
        backend = new RawBackend(conversation -> script.run(conversation));
        gateway = TestGateway.builder()
                .upstream("shop", TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN), backend.backend("one"))
                .upstream("changed", TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN), backend.backend("one"))
                .filter(0, "AddRequestHeader=X-Added, yes")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        backend.close();
    }

    @BeforeEach
    void connect() throws IOException {
        client = gateway.client();
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
        Await.until("no request is active", () -> gateway.active("shop", "one") == 0);
        noConnectionIsLeft();
    }

    /** The backend closes after each response without having said so. */
    private static void noConnectionIsLeft() {
        Await.until("the gateway has left the backend", () -> backend.connections() == 0);
    }

    static Stream<Arguments> responses() {
        String large = "0123456789".repeat(20_000);
        return Stream.of(
                Arguments.of("of known length", length("ok"), "ok"),
                Arguments.of("empty", length(""), ""),
                Arguments.of("large", length(large), large),
                Arguments.of("in one chunk", chunks("ok"), "ok"),
                Arguments.of("in three chunks", chunks("a", "bc", "def"), "abcdef"),
                Arguments.of(
                        "in many chunks",
                        chunks(IntStream.range(0, 5_000).mapToObj(i -> "x").toArray(String[]::new)),
                        "x".repeat(5_000)),
                Arguments.of("without a chunk", chunks(), ""),
                Arguments.of("ended by the connection", OK + "Connection: close\r\n\r\nok", "ok"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("responses")
    void clientGetsTheBodyWhateverItsPieces(String name, String response, String body) throws IOException {
        script = conversation -> conversation.say(response);
        assertThat(client.get("/shop").body()).isEqualTo(body);

        int middle = response.length() / 2;
        script = conversation -> {
            conversation.say(response.substring(0, middle));
            conversation.pause();
            conversation.say(response.substring(middle));
        };
        assertThat(client.get("/shop").body()).isEqualTo(body);
    }

    static Stream<Arguments> bodiless() {
        return Stream.of(
                Arguments.of("HEAD", OK + "Content-Length: 1234\r\n\r\n", 200),
                Arguments.of("GET", "HTTP/1.1 204 No Content\r\nX-Y: z\r\n\r\n", 204),
                Arguments.of("GET", "HTTP/1.1 304 Not Modified\r\nX-Y: z\r\nETag: \"a\"\r\n\r\n", 304));
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("bodiless")
    void responseWithoutABodyLeavesTheConnectionUsable(String method, String response, int status) throws IOException {
        script = conversation -> conversation.say(response);
        client.send(TestClient.head(method, "/shop"));
        Response head = method.equals("HEAD") ? headOnly() : client.read();

        assertThat(head.status()).isEqualTo(status);
        script = conversation -> conversation.say(length("next"));
        assertThat(client.get("/shop").body()).isEqualTo("next");
    }

    /** A head whose length is that of the body which a GET would have had. */
    private Response headOnly() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append(client.bytes(1));
        }
        assertThat(head.toString().toLowerCase(Locale.ROOT)).contains("content-length: 1234");
        return new Response(Integer.parseInt(head.substring(9, 12)), List.of(), "");
    }

    @ParameterizedTest
    @CsvSource({"GET, /shop", "DELETE, /shop", "POST, /shop", "GET, /changed", "POST, /changed"})
    void bodyOfARequestGoesOnAsItComes(String method, String path) throws Exception {
        for (boolean chunked : new boolean[] {false, true}) {
            CountDownLatch begun = new CountDownLatch(1);
            script = conversation -> {
                String first = new String(conversation.socket().getInputStream().readNBytes(chunked ? 7 : 2), US_ASCII);
                begun.countDown();
                String rest = new String(conversation.socket().getInputStream().readNBytes(chunked ? 12 : 2), US_ASCII);
                conversation.say(length(first + rest));
            };
            client.send(TestClient.head(method, path, chunked ? "Transfer-Encoding: chunked" : "Content-Length: 4"));
            client.send(chunked ? "2\r\nab\r\n" : "ab");
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            client.send(chunked ? "2\r\ncd\r\n0\r\n\r\n" : "cd");

            assertThat(client.read().body()).isEqualTo(chunked ? "2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n" : "abcd");
            noConnectionIsLeft();
        }
    }

    @Test
    void trailersArrive() throws IOException {
        script = conversation -> conversation.say(
                OK + "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n");
        client.send(TestClient.head("GET", "/shop", "TE: trailers"));

        assertThat(client.read().body()).isEqualTo("ok");
    }

    @Test
    void responseThatComesBeforeTheRequestIsSentLeavesNoConnectionBehind() throws Exception {
        script = conversation -> conversation.say("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
        client.send(TestClient.head("POST", "/shop", "Content-Length: 1000000"));
        assertThat(client.read().status()).isEqualTo(413);

        script = conversation -> conversation.say(length("next"));
        try (TestClient other = gateway.client()) {
            assertThat(other.get("/shop").body()).isEqualTo("next");
        }
    }

    private static String length(String body) {
        return OK + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String chunks(String... chunks) {
        StringBuilder response = new StringBuilder(OK + "Transfer-Encoding: chunked\r\n\r\n");
        for (String chunk : chunks) {
            response.append(Integer.toHexString(chunk.length()))
                    .append("\r\n")
                    .append(chunk)
                    .append("\r\n");
        }
        return response.append("0\r\n\r\n").toString();
    }
}
