package io.mooring.filters;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Outcome;
import io.mooring.filters.support.RawBackend;
import io.mooring.filters.support.RawBackend.Conversation;
import io.mooring.filters.support.RawBackend.Script;
import io.mooring.filters.support.TestClient;
import io.mooring.filters.support.TestClient.Response;
import io.mooring.filters.support.TestGateway;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that break before the backend has answered: which requests are sent again, and where to. */
class BrokenConnectionsTest {

    private static final int REQUESTS = 1_500;
    private static final Script OK = conversation -> conversation.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

    private static final AtomicBoolean broken = new AtomicBoolean(true);

    private static RawBackend one;
    private static RawBackend two;
    private static TestGateway gateway;
    private TestClient client;
    private int before;

    @BeforeAll
    static void start() {
        one = new RawBackend(BrokenConnectionsTest::converse);
        two = new RawBackend(BrokenConnectionsTest::converse);
        gateway = TestGateway.builder()
                .upstream("alone", TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN), one.backend("one"))
                .upstream(
                        "shop",
                        TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN),
                        one.backend("one"),
                        two.backend("two"))
                .upstream("strict", TestGateway.sticky("strict", true, null), one.backend("one"), two.backend("two"))
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        one.close();
        two.close();
    }

    @BeforeEach
    void connect() throws IOException {
        client = gateway.client();
        before = requests();
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
    }

    /** Breaks the first connection after {@link #breakNext}, and answers on the others. */
    private static void converse(Conversation conversation) throws IOException, InterruptedException {
        if (!broken.getAndSet(true)) {
            conversation.reset();
        } else {
            OK.run(conversation);
        }
    }

    private static void breakNext() {
        broken.set(false);
    }

    private static int requests() {
        return one.requests() + two.requests();
    }

    @Test
    void keptConnectionsThatEndAsARequestComesFailNoGet() throws IOException {
        for (int i = 0; i < REQUESTS; i++) {
            assertThat(client.get("/alone").status()).isEqualTo(200);
        }
        assertThat(requests() - before).isEqualTo(REQUESTS);
    }

    @Test
    void noPostIsCarriedOutTwice() throws IOException {
        int failed = 0;
        for (int i = 0; i < REQUESTS; i++) {
            int sofar = requests();
            int status = client.post("/alone", "").status();
            assertThat(status).isIn(200, 502);
            // Without a body, and yet not to be sent again.
            assertThat(requests() - sofar).isLessThanOrEqualTo(1);
            failed += status == 200 ? 0 : 1;
        }
        assertThat(requests() - before).isBetween(REQUESTS - failed, REQUESTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "OPTIONS", "PUT", "DELETE"})
    void idempotentRequestIsSentToTheNextBackend(String method) throws IOException {
        int beforeAtOne = one.requests();
        breakNext();
        client.send(TestClient.head(method, "/shop"));

        assertThat(client.read().status()).isEqualTo(200);
        assertThat(one.requests() - beforeAtOne).isEqualTo(1);
        assertThat(requests() - before).isEqualTo(2);
        assertThat(gateway.lastDecision().member()).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"POST, 0", "PATCH, 0", "POST, 2", "PUT, 2", "GET, 2"})
    void otherRequestsAndThoseWithABodyAreNotSentAgain(String method, int length) throws IOException {
        breakNext();
        client.send(TestClient.head(method, "/shop", "Content-Length: " + length) + "x".repeat(length));

        assertThat(client.read().status()).isEqualTo(502);
        assertThat(requests() - before).isEqualTo(1);
        assertThat(client.get("/shop").status()).isEqualTo(200);
    }

    @Test
    void requestThatBreaksEachConnectionIsSentToTwoBackends() throws IOException {
        try (RawBackend fragile = new RawBackend(Conversation::reset);
                RawBackend other = new RawBackend(Conversation::reset);
                RawBackend third = new RawBackend(Conversation::reset);
                TestGateway fleet = TestGateway.builder()
                        .upstream(
                                "shop",
                                TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN),
                                fragile.backend("one"),
                                other.backend("two"),
                                third.backend("three"))
                        .start();
                TestClient visitor = fleet.client()) {
            assertThat(visitor.get("/shop").status()).isEqualTo(502);
            assertThat(Stream.of(fragile, other, third).map(RawBackend::requests))
                    .containsExactlyInAnyOrder(1, 1, 0);
        }
    }

    @Test
    void clientOfAStrictPolicyIsNotLedElsewhere() throws IOException {
        Response first = client.get("/strict");
        String cookie = "Cookie: " + first.cookie("strict").orElseThrow();
        gateway.lastDecision();
        int afterFirst = requests();
        breakNext();
        Response second = client.get("/strict", cookie);

        assertThat(second.status()).isEqualTo(502);
        assertThat(requests() - afterFirst).isEqualTo(1);
        assertThat(gateway.lastDecision().outcome()).isEqualTo(Outcome.KEPT);
    }
}
