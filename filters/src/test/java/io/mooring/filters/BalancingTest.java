package io.mooring.filters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.upstream.BackendActivity;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.filters.support.Await;
import io.mooring.filters.support.ClosedPort;
import io.mooring.filters.support.FullBacklog;
import io.mooring.filters.support.TestBackend;
import io.mooring.filters.support.TestClient;
import io.mooring.filters.support.TestClient.Response;
import io.mooring.filters.support.TestGateway;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Which backend gets a request, and what the gateway counts of it. */
class BalancingTest {

    private static final String COOKIE = "shop-session";

    private static TestBackend one;
    private static TestBackend two;
    private static TestBackend slow;
    private static FullBacklog busy;
    private static TestGateway gateway;
    private static volatile Sinks.One<String> slowAnswer = Sinks.one();
    private TestClient client;

    @BeforeAll
    static void start() throws IOException {
        busy = new FullBacklog();
        one = TestBackend.answering("one");
        two = TestBackend.answering("two");
        slow = TestBackend.of("slow", (request, response) -> switch (request.uri()) {
            case "/least/head" -> slowAnswer.asMono().flatMap(text -> Mono.from(response.sendString(Mono.just(text))));
            case "/least/body" -> response.sendString(Flux.just("begun ").concatWith(slowAnswer.asMono()));
            default ->
                response.sendString(request.receive().aggregate().asString().defaultIfEmpty("slow"));
        });
        gateway = TestGateway.builder()
                .upstream("plain", TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN), one.backend(), two.backend())
                .upstream("split", TestGateway.sticky(COOKIE), one.weighing(70), two.weighing(30))
                .upstream("weightless", TestGateway.sticky(COOKIE), one.backend(), two.weighing(0))
                .upstream(
                        "least", TestGateway.plain(Balancing.WEIGHTED_LEAST_CONNECTIONS), slow.backend(), one.backend())
                .upstream("hash", TestGateway.plain(Balancing.IP_HASH), one.backend(), two.backend())
                .upstream(
                        "half-gone",
                        TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN),
                        ClosedPort.backend("gone"),
                        one.backend())
                .upstream(
                        "half-busy",
                        TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN),
                        busy.backend("busy"),
                        one.backend())
                .upstream("failing", TestGateway.sticky(COOKIE), one.backend(), ClosedPort.backend("gone"))
                .upstream("strict", TestGateway.sticky(COOKIE, true, null), one.backend(), ClosedPort.backend("gone"))
                .upstream(
                        "gone", TestGateway.sticky(COOKIE), ClosedPort.backend("gone-1"), ClosedPort.backend("gone-2"))
                .upstream("answered", TestGateway.sticky(COOKIE), one.backend())
                .filter(0, "SetStatus=200")
                .filter(1, "RedirectTo=302, https://elsewhere.test")
                .upstream("paths", TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN), one.backend())
                .filter(0, "StripPrefix=1")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        one.close();
        two.close();
        slow.close();
        busy.close();
    }

    @BeforeEach
    void connect() throws IOException {
        client = gateway.client();
        one.drain();
        gateway.ended().clear();
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
        gateway.fleet()
                .upstreams()
                .forEach(upstream -> upstream.snapshot().members().forEach(member -> {
                    Await.until("nothing is active", () -> member.activity().active() == 0);
                }));
    }

    @Test
    void keepAliveWithoutPersistenceIsBalancedRequestByRequest() throws Exception {
        String previous = client.get("/plain").backend();
        for (int i = 0; i < 20; i++) {
            String next = client.get("/plain").backend();
            assertThat(next).isNotEqualTo(previous);
            previous = next;
        }
    }

    @Test
    void fiftyRequestsOfOneClientReachOneBackend() throws Exception {
        Response first = client.get("/split");
        String session = first.cookie(COOKIE).orElseThrow();
        for (int i = 0; i < 50; i++) {
            try (TestClient again = gateway.client()) {
                assertThat(again.get("/split", "Cookie: " + session).backend()).isEqualTo(first.backend());
            }
        }
    }

    @Test
    void newClientsAreSplitByWeight() throws Exception {
        int clients = 10_000;
        int pipelined = 100;
        int atOne = 0;
        for (int i = 0; i < clients; i += pipelined) {
            client.send(TestClient.head("GET", "/split").repeat(pipelined));
            for (int j = 0; j < pipelined; j++) {
                if (client.read().backend().equals("one")) {
                    atOne++;
                }
            }
        }
        assertThat(100.0 * atOne / clients).isCloseTo(70.0, offset(2.0));
    }

    @Test
    void weightZeroTakesNoNewSessionAndKeepsItsOwn() throws Exception {
        gateway.upstream("weightless").replaceBackends(List.of(one.backend(), two.backend()));
        String bound = sessionAt("weightless", "two");
        gateway.upstream("weightless").replaceBackends(List.of(one.backend(), two.weighing(0)));

        for (int i = 0; i < 10; i++) {
            assertThat(client.get("/weightless").backend()).isEqualTo("one");
            assertThat(client.get("/weightless", "Cookie: " + bound).backend()).isEqualTo("two");
        }
    }

    @Test
    void drainingBackendTakesNoNewSessionAndKeepsItsOwn() throws Exception {
        String bound = sessionAt("split", "two");
        gateway.upstream("split").setState("two", BackendState.DRAINING);
        try {
            for (int i = 0; i < 10; i++) {
                assertThat(client.get("/split").backend()).isEqualTo("one");
                assertThat(client.get("/split", "Cookie: " + bound).backend()).isEqualTo("two");
            }
        } finally {
            gateway.upstream("split").setState("two", BackendState.READY);
        }
    }

    @Test
    void ipHashHoldsAnAddressAndSpreadsAddresses() throws Exception {
        Set<String> all = new HashSet<>();
        for (int host = 1; host <= 20; host++) {
            String address = "127.0.1." + host;
            Set<String> ofOne = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                try (TestClient from = new TestClient(gateway.port(), address)) {
                    ofOne.add(from.get("/hash").backend());
                }
            }
            assertThat(ofOne).as(address).hasSize(1);
            all.addAll(ofOne);
        }
        assertThat(all).containsExactlyInAnyOrder("one", "two");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/least/head", "/least/body"})
    void leastConnectionsAvoidsTheBackendThatIsBusyUntilItsResponseIsOver(String path) throws Exception {
        slowAnswer = Sinks.one();
        try (TestClient waiting = gateway.client()) {
            occupySlow(waiting, path);

            for (int i = 0; i < 10; i++) {
                assertThat(client.get("/least").backend()).isEqualTo("one");
                Await.until("one is idle", () -> gateway.active("least", "one") == 0);
            }

            slowAnswer.tryEmitValue("done").orThrow();
            assertThat(waiting.read().body()).endsWith("done");
            Await.until("slow is idle", () -> gateway.active("least", "slow") == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/least/head", "/least/body"})
    void clientThatLeavesIsNoLongerCounted(String path) throws Exception {
        for (boolean reset : new boolean[] {false, true}) {
            slowAnswer = Sinks.one();
            TestClient leaving = gateway.client();
            occupySlow(leaving, path);
            if (reset) {
                leaving.reset();
            } else {
                leaving.close();
            }
            Await.until("slow is idle", () -> gateway.active("least", "slow") == 0);
        }
    }

    @Test
    void backendThatCannotBeReachedIsPassedOver() throws Exception {
        for (int i = 0; i < 6; i++) {
            assertThat(client.get("/half-gone").backend()).isEqualTo("one");
            assertThat(client.post("/half-gone", "the body").backend()).isEqualTo("one");
        }
        assertThat(one.drain()).hasSize(12);
    }

    @Test
    void backendThatTakesTooLongToAcceptAConnectionIsPassedOver() throws Exception {
        for (int i = 0; i < 2; i++) {
            assertThat(client.post("/half-busy", "the body").backend()).isEqualTo("one");
        }
    }

    @Test
    void clientThatLeavesAmidItsRequestIsNotTheBackendsFailure() throws Exception {
        TestClient leaving = gateway.client();
        gateway.upstream("least").setState("one", BackendState.DOWN);
        try {
            slow.drain();
            leaving.send(TestClient.head("POST", "/least/echo", "Content-Length: 10") + "12345");
            Await.until("the request has arrived", () -> !slow.drain().isEmpty());
        } finally {
            leaving.close();
            gateway.upstream("least").setState("one", BackendState.READY);
        }
        Await.until("slow is idle", () -> gateway.active("least", "slow") == 0);
        ServerWebExchange exchange = gateway.nextEnded();
        assertThat(ExchangeDecision.failureOf(exchange)).isEmpty();
    }

    @Test
    void clientOfABackendThatCannotBeReachedIsMoved() throws Exception {
        String bound = sessionAt("failing", "one");
        gateway.upstream("failing").replaceBackends(List.of(ClosedPort.backend("one"), two.backend()));

        Response response = client.post("/failing", "the body", "Cookie: " + bound);

        assertThat(response.backend()).isEqualTo("two");
        assertThat(response.cookie(COOKIE)).isPresent();
        assertThat(gateway.lastDecision().outcome()).isEqualTo(Outcome.MOVED);
        String anew = response.cookie(COOKIE).orElseThrow();
        assertThat(client.get("/failing", "Cookie: " + anew).backend()).isEqualTo("two");
        assertThat(gateway.lastDecision().outcome()).isEqualTo(Outcome.KEPT);
    }

    @Test
    void strictClientOfABackendThatCannotBeReachedIsRefused() throws Exception {
        String bound = sessionAt("strict", "one");
        gateway.upstream("strict").replaceBackends(List.of(ClosedPort.backend("one"), two.backend()));

        Response response = client.get("/strict", "Cookie: " + bound);

        assertThat(response.status()).isEqualTo(503);
        assertThat(response.all("Set-Cookie")).isEmpty();
        assertThat(gateway.lastDecision().isRefused()).isTrue();
    }

    @Test
    void whenNoBackendCanBeReachedTheAnswerIs503AndTheConnectionStaysGood() throws Exception {
        Response response = client.post("/gone", "the body");

        assertThat(response.status()).isEqualTo(503);
        assertThat(response.body()).contains("\"detail\":\"No backend could be reached.\"");
        assertThat(response.all("Set-Cookie")).isEmpty();
        assertThat(gateway.lastDecision().outcome()).isEqualTo(Outcome.NEW);
        assertThat(client.get("/plain").status()).isEqualTo(200);
    }

    @Test
    void requestThatAFilterOfItsRouteAnswersIsNotBalanced() throws Exception {
        Response response = client.get("/answered");

        assertThat(response.status()).isEqualTo(302);
        assertThat(response.all("Set-Cookie")).isEmpty();
        assertThat(one.drain()).isEmpty();
        assertThat(gateway.scope("answered").outcomes(Outcome.NEW)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/b", "/", "/a%20b/%E2%82%AC?q=%2F&r=a+b", "/a;v=1?x=%7By%7D"})
    void pathAndQueryArriveAsTheFiltersOfTheRouteLeftThem(String path) throws Exception {
        client.get("/paths" + path);

        assertThat(one.drain())
                .singleElement()
                .satisfies(seen -> assertThat(seen.uri()).isEqualTo(path));
    }

    @Test
    void bytesOfBodiesAreCounted() throws Exception {
        gateway.upstream("least").setState("one", BackendState.DOWN);
        try {
            BackendActivity activity = gateway.upstream("least")
                    .snapshot()
                    .member("slow")
                    .orElseThrow()
                    .activity();
            long to = activity.bytesToBackend();
            long from = activity.bytesFromBackend();

            assertThat(client.post("/least/echo", "x".repeat(100_000)).body()).hasSize(100_000);

            assertThat(activity.bytesToBackend() - to).isEqualTo(100_000);
            assertThat(activity.bytesFromBackend() - from).isEqualTo(100_000);
        } finally {
            gateway.upstream("least").setState("one", BackendState.READY);
        }
    }

    private static void occupySlow(TestClient client, String path) throws IOException {
        gateway.upstream("least").setState("one", BackendState.DOWN);
        try {
            slow.drain();
            client.send(TestClient.head("GET", path));
            Await.until("the request has arrived", () -> !slow.drain().isEmpty());
            assertThat(gateway.active("least", "slow")).isEqualTo(1);
        } finally {
            gateway.upstream("least").setState("one", BackendState.READY);
        }
    }

    /** The cookie of a session that is bound to this backend. */
    private String sessionAt(String upstream, String backend) throws Exception {
        for (int i = 0; i < 100; i++) {
            Response response = client.get("/" + upstream);
            gateway.lastDecision();
            if (response.backend().equals(backend)) {
                return response.cookie(COOKIE).orElseThrow();
            }
        }
        throw new AssertionError("no session at " + backend);
    }
}
