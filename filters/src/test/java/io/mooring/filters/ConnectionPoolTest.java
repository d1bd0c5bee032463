package io.mooring.filters;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.upstream.Backend;
import io.mooring.filters.backend.BackendFailure;
import io.mooring.filters.support.Await;
import io.mooring.filters.support.RawBackend;
import io.mooring.filters.support.RawBackend.Conversation;
import io.mooring.filters.support.TestClient;
import io.mooring.filters.support.TestClient.Response;
import io.mooring.filters.support.TestGateway;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pool with fewer connections than requests. */
class ConnectionPoolTest {

    @Test
    void requestThatGetsNoConnectionIsAnsweredInTime() throws Exception {
        try (RawBackend hanging = new RawBackend(Conversation::hang);
                TestGateway gateway = withOneConnection(hanging, 100);
                TestClient first = gateway.client();
                TestClient second = gateway.client()) {
            first.send(TestClient.head("GET", "/shop"));
            Await.until("the only connection is in use", () -> hanging.requests() == 1);

            Response response = second.get("/shop");

            assertThat(response.status()).isEqualTo(503);
            assertThat(response.body()).contains("\"detail\":\"The backend has no free connection.\"");
            assertThat(ExchangeDecision.failureOf(gateway.nextEnded()).map(BackendFailure::kind))
                    .contains(BackendFailure.Kind.EXHAUSTED);
            first.reset();
            Await.until("nothing is active", () -> gateway.active("shop", "hanging") == 0);
        }
    }

    @Test
    void requestsBeyondThoseThatMayWaitAreRefusedAtOnce() throws Exception {
        try (RawBackend hanging = new RawBackend(Conversation::hang);
                TestGateway gateway = withOneConnection(hanging, 3_600_000);
                TestClient served = gateway.client();
                TestClient one = gateway.client();
                TestClient two = gateway.client();
                TestClient three = gateway.client()) {
            served.send(TestClient.head("GET", "/shop"));
            Await.until("the only connection is in use", () -> hanging.requests() == 1);
            List<TestClient> others = List.of(one, two, three);
            for (TestClient other : others) {
                other.send(TestClient.head("GET", "/shop"));
            }

            Await.until(
                    "all but the one that may wait are answered",
                    () -> gateway.ended().size() == 2);

            assertThat(gateway.ended())
                    .allSatisfy(exchange -> assertThat(
                                    ExchangeDecision.failureOf(exchange).map(BackendFailure::kind))
                            .contains(BackendFailure.Kind.EXHAUSTED));
            assertThat(gateway.active("shop", "hanging")).isEqualTo(2);
            for (TestClient other : others) {
                other.reset();
            }
            served.reset();
            Await.until("nothing is active", () -> gateway.active("shop", "hanging") == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void requestsGoElsewhereAndTheirClientsComeHomeAgain(String method) throws Exception {
        try (Shop shop = new Shop(false)) {
            String cookie = shop.bindToHanging();
            shop.occupy();

            for (int i = 0; i < 4; i++) {
                assertThat(shop.ask(method).body()).isEqualTo("other");
            }
            assertThat(shop.outcome).isEqualTo(Outcome.NEW);

            Response diverted = shop.ask(method, cookie);
            assertThat(diverted.body()).isEqualTo("other");
            assertThat(diverted.cookie("shop")).isEmpty();
            assertThat(shop.outcome).isEqualTo(Outcome.DIVERTED);
            assertThat(shop.hanging.requests()).as("nothing was sent to it").isEqualTo(2);

            shop.release();
            assertThat(shop.ask(method, cookie).body()).isEqualTo("hanging");
            assertThat(shop.outcome).isEqualTo(Outcome.KEPT);
        }
    }

    @Test
    void clientOfAStrictPolicyIsToldSo() throws Exception {
        try (Shop shop = new Shop(true)) {
            String cookie = shop.bindToHanging();
            shop.occupy();

            Response response = shop.ask("GET", cookie);

            assertThat(response.status()).isEqualTo(503);
            assertThat(response.body()).contains("The backend has no free connection.");
            assertThat(shop.outcome).isEqualTo(Outcome.KEPT);
        }
    }

    @Test
    void requestWaitsAtTwoBackendsAtMost() throws Exception {
        int acquireTimeoutMillis = 1_000;
        try (RawBackend one = new RawBackend(Conversation::hang);
                RawBackend two = new RawBackend(Conversation::hang);
                RawBackend three = new RawBackend(Conversation::hang);
                RawBackend four = new RawBackend(Conversation::hang);
                TestGateway gateway = withOneConnection(
                        TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN),
                        acquireTimeoutMillis,
                        one.backend("one"),
                        two.backend("two"),
                        three.backend("three"),
                        four.backend("four"));
                TestClient a = gateway.client();
                TestClient b = gateway.client();
                TestClient c = gateway.client();
                TestClient d = gateway.client();
                TestClient last = gateway.client()) {
            for (TestClient client : List.of(a, b, c, d)) {
                client.send(TestClient.head("GET", "/shop"));
            }
            Await.until(
                    "all connections are in use",
                    () -> one.requests() + two.requests() + three.requests() + four.requests() == 4);

            long start = System.nanoTime();
            Response response = last.get("/shop");

            assertThat(response.status()).isEqualTo(503);
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
                    .isBetween(2L * acquireTimeoutMillis - 50, 3L * acquireTimeoutMillis);
            for (TestClient client : List.of(a, b, c, d)) {
                client.reset();
            }
            Await.until(
                    "nothing is active",
                    () -> Stream.of("one", "two", "three", "four").allMatch(id -> gateway.active("shop", id) == 0));
        }
    }

    /** Two backends, of which one can be made to hang. */
    private static final class Shop implements AutoCloseable {
        private final AtomicBoolean hangs = new AtomicBoolean();
        private final RawBackend hanging = new RawBackend(conversation -> {
            if (hangs.get()) {
                conversation.hang();
            }
            answer(conversation, "hanging");
        });
        private final RawBackend other = new RawBackend(conversation -> answer(conversation, "other"));
        private final TestGateway gateway;
        private @Nullable TestClient occupant;
        private @Nullable Outcome outcome;

        Shop(boolean strict) {
            gateway = withOneConnection(
                    TestGateway.sticky("shop", strict, null), 200, hanging.backend("hanging"), other.backend("other"));
        }

        /** The cookie of a client that is bound to the backend that is to hang. */
        String bindToHanging() throws IOException {
            Response first = ask("GET");
            Response bound = first.body().equals("hanging") ? first : ask("GET");
            assertThat(bound.body()).isEqualTo("hanging");
            return "Cookie: " + bound.cookie("shop").orElseThrow();
        }

        /** Takes the only connection to the backend, which hangs from now on. */
        void occupy() throws IOException {
            hangs.set(true);
            int before = hanging.requests();
            while (hanging.requests() == before) {
                TestClient client = gateway.client();
                client.send(TestClient.head("GET", "/shop"));
                Await.until(
                        "one of them is asked",
                        () -> hanging.requests() > before || !gateway.ended().isEmpty());
                if (hanging.requests() > before) {
                    occupant = client;
                } else {
                    client.close();
                    gateway.nextEnded();
                }
            }
        }

        void release() throws IOException {
            hangs.set(false);
            Objects.requireNonNull(occupant).reset();
            occupant = null;
            gateway.nextEnded();
            Await.until("nothing is active", () -> gateway.active("shop", "hanging") == 0);
        }

        Response ask(String method, String... headers) throws IOException {
            try (TestClient client = gateway.client()) {
                Response response =
                        method.equals("GET") ? client.get("/shop", headers) : client.post("/shop", "body", headers);
                Await.until("no connection is kept", () -> other.connections() == 0);
                outcome = ExchangeDecision.of(gateway.nextEnded()).orElseThrow().outcome();
                return response;
            }
        }

        private static void answer(Conversation conversation, String name) throws IOException {
            conversation.say(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + name.length() + "\r\n\r\n" + name);
        }

        @Override
        public void close() throws IOException {
            if (occupant != null) {
                occupant.reset();
            }
            gateway.close();
            hanging.close();
            other.close();
        }
    }

    private static TestGateway withOneConnection(RawBackend hanging, int acquireTimeoutMillis) {
        return withOneConnection(
                TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN), acquireTimeoutMillis, hanging.backend("hanging"));
    }

    private static TestGateway withOneConnection(Policy policy, int acquireTimeoutMillis, Backend... backends) {
        String pool = "spring.cloud.gateway.server.webflux.httpclient.pool.";
        // Of requests that come to a full pool at once on two threads it may refuse the one that could wait as well.
        return TestGateway.builder()
                .eventLoops(1)
                .property(pool + "type", "fixed")
                .property(pool + "max-connections", 1)
                .property(pool + "acquire-timeout", acquireTimeoutMillis)
                .upstream("shop", policy, backends)
                .start();
    }
}
