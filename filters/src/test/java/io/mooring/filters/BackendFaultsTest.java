package io.mooring.filters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mooring.balancer.selection.Balancing;
import io.mooring.filters.backend.BackendFailure;
import io.mooring.filters.support.Await;
import io.mooring.filters.support.RawBackend;
import io.mooring.filters.support.RawBackend.Conversation;
import io.mooring.filters.support.RawBackend.Script;
import io.mooring.filters.support.TestClient;
import io.mooring.filters.support.TestClient.Response;
import io.mooring.filters.support.TestGateway;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import org.springframework.web.server.ServerWebExchange;

/** Backends that misbehave: what the client sees of it, and that nothing of the exchange is left behind. */
class BackendFaultsTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String LENGTH_10 = OK + "Content-Length: 10\r\n\r\n";
    private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String EARLY_HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";

    private static final int IMPATIENCE_MILLIS = 300;

    private static final ListAppender<ILoggingEvent> warnings = new ListAppender<>();

    private static RawBackend backend;
    private static TestGateway gateway;
    private static volatile Script script;
    private TestClient client;

    @BeforeAll
    static void start() {
        backend = new RawBackend(conversation -> script.run(conversation));
        String direct = "http://" + backend.backend("one").address();
        gateway = TestGateway.builder()
                .property("spring.cloud.gateway.server.webflux.httpclient.response-timeout", "9s")
                .upstream("shop", TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN), backend.backend("one"))
                .upstream("sticky", TestGateway.sticky("shop-session"), backend.backend("one"))
                .foreignRoute("direct", direct)
                .upstream("impatient", TestGateway.sticky("shop-session"), backend.backend("one"))
                .metadata("response-timeout", IMPATIENCE_MILLIS)
                .foreignRoute("impatient-direct", direct)
                .metadata("response-timeout", IMPATIENCE_MILLIS)
                .start();
        warnings.start();
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).addAppender(warnings);
    }

    @AfterAll
    static void stop() {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).detachAppender(warnings);
        gateway.close();
        backend.close();
    }

    @BeforeEach
    void connect() throws IOException {
        warnings.list.clear();
        client = gateway.client();
        gateway.ended().clear();
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
        assertThat(warnings.list)
                .as("a backend's failure is no reason to fill the log")
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .isEmpty();
        Await.until("no request is active", () -> gateway.active("shop", "one") == 0);
        Await.until("no sticky request is active", () -> gateway.active("sticky", "one") == 0);
        Await.until("no impatient request is active", () -> gateway.active("impatient", "one") == 0);
    }

    static Stream<Arguments> faultsBeforeTheHead() {
        Script closing = conversation -> {};
        return Stream.of(
                Arguments.of("closes without a word", closing),
                Arguments.of("resets without a word", (Script) Conversation::reset),
                Arguments.of("breaks off in the head", saying(OK + "Content-Le")),
                Arguments.of("speaks no HTTP", saying("220 mail.example.org ESMTP\r\n\r\n")),
                Arguments.of("has a broken status", saying("HTTP/1.1 2x0 OK\r\n\r\n")),
                Arguments.of("has two lengths", saying(OK + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab")),
                Arguments.of("has a broken length", saying(OK + "Content-Length: many\r\n\r\n")),
                Arguments.of("has a huge header", saying(OK + "X: " + "x".repeat(1 << 20) + "\r\n\r\n")),
                Arguments.of("has too many headers", saying(OK + "X-Y: z\r\n".repeat(10_000) + "\r\n")),
                Arguments.of("has a broken first chunk", saying(CHUNKED + "zz\r\n\r\n")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsBeforeTheHead")
    void faultBeforeTheHeadIs502(String name, Script fault) throws Exception {
        assertProblem(fault, 502, BackendFailure.Kind.BROKEN, "/shop", "/sticky", "/direct");
    }

    @Test
    void silenceBeforeTheHeadIs504() throws Exception {
        assertProblem(Conversation::hang, 504, BackendFailure.Kind.TIMEOUT, "/impatient", "/impatient-direct");
    }

    private void assertProblem(Script fault, int status, BackendFailure.Kind kind, String... routes) throws Exception {
        script = fault;
        for (String route : routes) {
            gateway.ended().clear();
            Response response = client.get(route);

            assertThat(response.status()).as(route).isEqualTo(status);
            assertThat(response.first("Content-Type")).contains("application/problem+json");
            assertThat(response.body()).contains("\"status\":" + status).doesNotContain("xception");
            assertThat(response.first("X-Y")).isEmpty();
            ServerWebExchange exchange = gateway.nextEnded();
            assertThat(ExchangeDecision.failureOf(exchange).map(BackendFailure::kind))
                    .contains(kind);
        }
        script = saying(OK + "Content-Length: 2\r\n\r\nok");
        assertThat(client.get("/shop").body())
                .as("the connection is still good")
                .isEqualTo("ok");
    }

    static Stream<Arguments> faultsInTheBody() {
        return Stream.of(
                Arguments.of("closes within a length", saying(LENGTH_10 + "12345")),
                Arguments.of("resets within a length", resettingAfter(LENGTH_10 + "12345")),
                Arguments.of("closes between chunks", saying(CHUNKED + "5\r\n12345\r\n")),
                Arguments.of("closes within a chunk", saying(CHUNKED + "9\r\n12345")),
                Arguments.of("resets between chunks", resettingAfter(CHUNKED + "5\r\n12345\r\n")),
                Arguments.of("has a broken chunk", saying(CHUNKED + "5\r\n12345\r\nzz\r\n")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsInTheBody")
    void faultInTheBodyCutsTheResponse(String name, Script fault) throws Exception {
        assertCut(fault, "/shop", "/sticky", "/direct");
    }

    @Test
    void silenceInTheBodyCutsTheResponse() throws Exception {
        assertCut(hangingAfter(CHUNKED + "5\r\n12345\r\n"), "/impatient", "/impatient-direct");
        assertCut(hangingAfter(LENGTH_10 + "12345"), "/impatient", "/impatient-direct");
    }

    @Test
    void clientThatReadsSlowlyIsNotTakenForASilentBackend() throws Exception {
        int length = 20_000_000;
        script = conversation -> conversation.say(OK + "Content-Length: " + length + "\r\n\r\n" + "x".repeat(length));
        client.send(TestClient.head("GET", "/impatient"));
        long patience = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3 * IMPATIENCE_MILLIS);
        Await.until("the limit has passed, and passed again", () -> System.nanoTime() - patience > 0);

        assertThat(client.read().body()).hasSize(length);
    }

    @Test
    void slowUploadIsNotTakenForASilentBackend() throws Exception {
        script = conversation -> {
            conversation.socket().getInputStream().readNBytes(10);
            conversation.say(OK + "Content-Length: 2\r\n\r\nok");
        };
        client.send(TestClient.head("POST", "/impatient", "Content-Length: 10"));
        for (int i = 0; i < 10; i++) {
            long pause = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(IMPATIENCE_MILLIS / 3);
            Await.until("a part of the limit has passed", () -> System.nanoTime() - pause > 0);
            client.send("x");
        }

        assertThat(client.read().status()).isEqualTo(200);
    }

    private static void assertCut(Script fault, String... routes) throws IOException {
        script = fault;
        for (String route : routes) {
            try (TestClient other = gateway.client()) {
                long start = System.nanoTime();
                other.send(TestClient.head("GET", route));
                assertThatThrownBy(other::read).as(route).isInstanceOf(EOFException.class);
                assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
                        .as(route)
                        .isLessThan(5_000);
            }
        }
    }

    static Stream<Arguments> interimResponses() {
        String last = OK + "Content-Length: 2\r\n\r\nok";
        return Stream.of(
                Arguments.of("one 103", saying(EARLY_HINTS + last)),
                Arguments.of("one 103, then a pause", pausing(EARLY_HINTS, last)),
                Arguments.of("a 102 in pieces", pausing("HTTP/1.1 102 Proc", "essing\r\n\r\n" + last)),
                Arguments.of("2,000 of them", saying(EARLY_HINTS.repeat(2_000) + last)),
                Arguments.of("a 100", saying("HTTP/1.1 100 Continue\r\n\r\n" + last)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("interimResponses")
    void finalResponseArrivesAfterInterimOnes(String name, Script said) throws Exception {
        script = said;
        for (String route : new String[] {"/shop", "/direct"}) {
            Response response = client.get(route);
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("ok");
        }
    }

    private static Script saying(String text) {
        return conversation -> conversation.say(text);
    }

    private static Script pausing(String first, String second) {
        return conversation -> {
            conversation.say(first);
            conversation.pause();
            conversation.say(second);
        };
    }

    /** The pause lets the gateway read what was said before the reset discards it. */
    private static Script resettingAfter(String text) {
        return conversation -> {
            conversation.say(text);
            conversation.pause();
            conversation.reset();
        };
    }

    private static Script hangingAfter(String text) {
        return conversation -> {
            conversation.say(text);
            conversation.hang();
        };
    }
}
