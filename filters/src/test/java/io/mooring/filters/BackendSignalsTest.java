package io.mooring.filters;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.upstream.BackendSignal;
import io.mooring.filters.support.Await;
import io.mooring.filters.support.ClosedPort;
import io.mooring.filters.support.FullBacklog;
import io.mooring.filters.support.RawBackend;
import io.mooring.filters.support.RawBackend.Conversation;
import io.mooring.filters.support.RawBackend.Script;
import io.mooring.filters.support.TestClient;
import io.mooring.filters.support.TestGateway;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an exchange shows of its backend's condition, and what is not held against it. */
class BackendSignalsTest {

    private static final Queue<BackendSignal> signals = new ConcurrentLinkedQueue<>();

    private static RawBackend backend;
    private static FullBacklog deaf;
    private static TestGateway gateway;
    private static volatile Script script;

    @BeforeAll
    static void start() throws Exception {
        backend = new RawBackend(conversation -> script.run(conversation));
        deaf = new FullBacklog();
        gateway = TestGateway.builder()
                .property("spring.cloud.gateway.server.webflux.httpclient.connect-timeout", "300")
                .upstream("shop", TestGateway.sticky("shop-session"), backend.backend("one"))
                .metadata("response-timeout", 300)
                .upstream("closed", TestGateway.sticky("closed-session"), ClosedPort.backend("one"))
                .upstream("deaf", TestGateway.sticky("deaf-session"), deaf.backend("one"))
                .start();
        for (String name : new String[] {"shop", "closed", "deaf"}) {
            gateway.upstream(name).watch((id, signal) -> signals.add(signal));
        }
    }

    @AfterAll
    static void stop() {
        gateway.close();
        backend.close();
        deaf.close();
    }

    @BeforeEach
    void forget() {
        signals.clear();
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                Arguments.of(
                        saying("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
                        200,
                        BackendSignal.ANSWERED),
                Arguments.of(
                        saying("HTTP/1.1 500 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
                        500,
                        BackendSignal.ANSWERED),
                Arguments.of(
                        saying("HTTP/1.1 502 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
                        502,
                        BackendSignal.GATEWAY_ERROR),
                Arguments.of(
                        saying("HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
                        503,
                        BackendSignal.GATEWAY_ERROR),
                Arguments.of(
                        saying("HTTP/1.1 504 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
                        504,
                        BackendSignal.GATEWAY_ERROR),
                Arguments.of((Script) Conversation::reset, 502, BackendSignal.RESET),
                Arguments.of((Script) conversation -> {}, 502, BackendSignal.RESET),
                Arguments.of((Script) Conversation::hang, 504, BackendSignal.TIMED_OUT));
    }

    @ParameterizedTest(name = "{index} {1}: {2}")
    @MethodSource("answers")
    void anAnswerOrItsLackIsTold(Script answer, int status, BackendSignal signal) throws Exception {
        script = answer;
        try (TestClient client = gateway.client()) {
            assertThat(client.get("/shop").status()).isEqualTo(status);
        }

        assertThat(signals).containsExactly(signal);
    }

    static Stream<Arguments> unreachable() {
        return Stream.of(
                Arguments.of("/closed", BackendSignal.CONNECT_FAILED),
                Arguments.of("/deaf", BackendSignal.CONNECT_TIMED_OUT));
    }

    @ParameterizedTest
    @MethodSource("unreachable")
    void aConnectThatFailsIsTold(String path, BackendSignal signal) throws Exception {
        try (TestClient client = gateway.client()) {
            assertThat(client.get(path).status()).isEqualTo(503);
        }

        assertThat(signals).containsExactly(signal);
    }

    @Test
    void aClientThatLeavesSaysNothingOfTheBackend() throws Exception {
        script = Conversation::hang;
        int before = backend.requests();
        try (TestClient client = gateway.client()) {
            client.send(TestClient.head("GET", "/shop"));
            Await.until("the backend is asked", () -> backend.requests() > before);
            client.reset();
        }

        Await.until("the request is over", () -> gateway.active("shop", "one") == 0);
        assertThat(signals).isEmpty();
    }

    @Test
    void aClientThatDoesNotSendItsBodySaysNothingOfTheBackend() throws Exception {
        script = Conversation::hang;
        try (TestClient client = gateway.client()) {
            client.send(TestClient.head("POST", "/shop", "Content-Length: 10") + "abc");

            assertThat(client.read().status()).isEqualTo(504);
        }

        assertThat(signals).isEmpty();
    }

    private static Script saying(String text) {
        return conversation -> {
            conversation.say(text);
            conversation.pause();
        };
    }
}
