package io.mooring.filters;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.CookieAction;
import io.mooring.balancer.session.Decision;
import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.filters.support.SettableClock;
import io.mooring.filters.support.TestBackend;
import io.mooring.filters.support.TestClient;
import io.mooring.filters.support.TestClient.Response;
import io.mooring.filters.support.TestGateway;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The truth table of outcomes, through real HTTP. */
class OutcomesTest {

    private static final Duration ABSOLUTE = Duration.ofMinutes(20);
    private static final String COOKIE = "shop-session";

    private static final SettableClock clock = new SettableClock();
    private static TestBackend one;
    private static TestBackend two;
    private static TestGateway gateway;
    private TestClient client;

    /** What happens between a client's first request and its second. */
    @FunctionalInterface
    private interface Event {
        void happen(String upstream, String backend);
    }

    private enum Cookie {
        SENT_BACK,
        LOST,
        FORGED
    }

    @BeforeAll
    static void start() {
        one = TestBackend.answering("one");
        two = TestBackend.answering("two");
        TestGateway.Builder builder = TestGateway.builder().clock(clock);
        for (String suffix : new String[] {"", "-strict"}) {
            boolean strict = !suffix.isEmpty();
            builder.upstream(
                    "cookie" + suffix, TestGateway.sticky(COOKIE, strict, ABSOLUTE), one.backend(), two.backend());
            builder.upstream("source" + suffix, TestGateway.bySource(strict, ABSOLUTE), one.backend(), two.backend());
        }
        gateway = builder.upstream(
                        "off", TestGateway.plain(Balancing.WEIGHTED_ROUND_ROBIN), one.backend(), two.backend())
                .upstream(
                        "least", TestGateway.plain(Balancing.WEIGHTED_LEAST_CONNECTIONS), one.backend(), two.backend())
                .upstream("hash", TestGateway.plain(Balancing.IP_HASH), one.backend(), two.backend())
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
        gateway.ended().clear();
    }

    @AfterEach
    void repair() throws IOException {
        client.close();
        gateway.fleet().scopes().forEach(scope -> scope.revokeAll());
        gateway.fleet().upstreams().forEach(upstream -> {
            upstream.setState("one", BackendState.READY);
            upstream.setState("two", BackendState.READY);
        });
    }

    static Stream<Arguments> secondRequests() {
        Event nothing = (upstream, backend) -> {};
        Event shortPause = (upstream, backend) -> clock.advance(Duration.ofMillis(999));
        Event pause = (upstream, backend) -> clock.advance(Duration.ofSeconds(1));
        Event idle = (upstream, backend) -> clock.advance(Duration.ofSeconds(1_000));
        Event old = (upstream, backend) -> clock.advance(ABSOLUTE);
        Event drained = (upstream, backend) -> state(upstream, backend, BackendState.DRAINING);
        Event failed = (upstream, backend) -> state(upstream, backend, BackendState.DOWN);
        Event maintained = (upstream, backend) -> state(upstream, backend, BackendState.MAINTENANCE);
        Event revoked = (upstream, backend) -> gateway.scope(upstream).revokeBackend(backend);
        Event allRevoked = (upstream, backend) -> gateway.scope(upstream).revokeAll();
        return Stream.of(
                Arguments.of("off", nothing, Cookie.LOST, Outcome.OFF, CookieAction.NONE),
                Arguments.of("least", nothing, Cookie.LOST, Outcome.OFF, CookieAction.NONE),
                Arguments.of("hash", nothing, Cookie.LOST, Outcome.HASHED, CookieAction.NONE),
                Arguments.of("cookie", nothing, Cookie.LOST, Outcome.NEW, CookieAction.INSERTED),
                Arguments.of("cookie", nothing, Cookie.SENT_BACK, Outcome.KEPT, CookieAction.NONE),
                Arguments.of("cookie", shortPause, Cookie.SENT_BACK, Outcome.KEPT, CookieAction.NONE),
                Arguments.of("cookie", pause, Cookie.SENT_BACK, Outcome.KEPT, CookieAction.REFRESHED),
                Arguments.of("cookie", drained, Cookie.SENT_BACK, Outcome.KEPT, CookieAction.NONE),
                Arguments.of("cookie", idle, Cookie.SENT_BACK, Outcome.IDLE_EXPIRED, CookieAction.REPLACED),
                Arguments.of("cookie", old, Cookie.SENT_BACK, Outcome.MAX_EXPIRED, CookieAction.REPLACED),
                Arguments.of("cookie", nothing, Cookie.FORGED, Outcome.INVALID, CookieAction.REPLACED),
                Arguments.of("cookie", failed, Cookie.SENT_BACK, Outcome.MOVED, CookieAction.REPLACED),
                Arguments.of("cookie", maintained, Cookie.SENT_BACK, Outcome.MOVED, CookieAction.REPLACED),
                Arguments.of("cookie", revoked, Cookie.SENT_BACK, Outcome.REVOKED, CookieAction.REPLACED),
                Arguments.of("cookie", allRevoked, Cookie.SENT_BACK, Outcome.REVOKED, CookieAction.REPLACED),
                Arguments.of("source", nothing, Cookie.LOST, Outcome.KEPT, CookieAction.NONE),
                Arguments.of("source", drained, Cookie.LOST, Outcome.KEPT, CookieAction.NONE),
                Arguments.of("source", idle, Cookie.LOST, Outcome.IDLE_EXPIRED, CookieAction.NONE),
                Arguments.of("source", old, Cookie.LOST, Outcome.MAX_EXPIRED, CookieAction.NONE),
                Arguments.of("source", failed, Cookie.LOST, Outcome.MOVED, CookieAction.NONE),
                Arguments.of("source", maintained, Cookie.LOST, Outcome.MOVED, CookieAction.NONE),
                Arguments.of("source", revoked, Cookie.LOST, Outcome.REVOKED, CookieAction.NONE),
                Arguments.of("source", allRevoked, Cookie.LOST, Outcome.REVOKED, CookieAction.NONE));
    }

    @ParameterizedTest(name = "{index} {0}: {3}, cookie {4}")
    @MethodSource("secondRequests")
    void secondRequestHasTheOutcome(String upstream, Event event, Cookie cookie, Outcome outcome, CookieAction action)
            throws Exception {
        Response first = client.get("/" + upstream);
        gateway.lastDecision();
        long before = gateway.scope(upstream).outcomes(outcome);

        event.happen(upstream, first.backend());
        Response second = client.get("/" + upstream, cookieHeader(first, cookie));

        Decision decision = gateway.lastDecision();
        assertThat(decision.outcome()).isEqualTo(outcome);
        assertThat(decision.cookieAction()).isEqualTo(action);
        assertThat(gateway.scope(upstream).outcomes(outcome)).isEqualTo(before + 1);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.cookie(COOKIE).isPresent()).isEqualTo(action != CookieAction.NONE);
        switch (outcome) {
            case KEPT, HASHED -> assertThat(second.backend()).isEqualTo(first.backend());
            case MOVED, DIVERTED -> assertThat(second.backend()).isNotEqualTo(first.backend());
            case OFF, NEW, IDLE_EXPIRED, MAX_EXPIRED, INVALID, REVOKED ->
                assertThat(second.backend()).isIn("one", "two");
        }
    }

    static Stream<Arguments> strictUpstreams() {
        return Stream.of(
                Arguments.of("cookie-strict", BackendState.DOWN),
                Arguments.of("cookie-strict", BackendState.MAINTENANCE),
                Arguments.of("source-strict", BackendState.DOWN),
                Arguments.of("source-strict", BackendState.MAINTENANCE));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("strictUpstreams")
    void strictPolicyRefusesAClientWhoseBackendCannotServe(String upstream, BackendState state) throws Exception {
        Response first = client.get("/" + upstream);
        gateway.lastDecision();
        state(upstream, first.backend(), state);

        Response second = client.get("/" + upstream, cookieHeader(first, Cookie.SENT_BACK));

        assertThat(second.status()).isEqualTo(503);
        assertThat(second.first("Content-Type")).contains("application/problem+json");
        assertThat(second.body())
                .isEqualTo("{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,"
                        + "\"detail\":\"The backend of this session is not available.\"}");
        assertThat(second.all("Set-Cookie")).isEmpty();
        Decision decision = gateway.lastDecision();
        assertThat(decision.outcome()).isEqualTo(Outcome.MOVED);
        assertThat(decision.isRefused()).isTrue();

        state(upstream, first.backend(), BackendState.READY);
        Response third = client.get("/" + upstream, cookieHeader(first, Cookie.SENT_BACK));
        assertThat(third.backend()).isEqualTo(first.backend());
    }

    @Test
    void withoutABackendThatTakesNewClientsTheAnswerIs503() throws Exception {
        state("cookie", "one", BackendState.MAINTENANCE);
        state("cookie", "two", BackendState.DRAINING);

        Response response = client.get("/cookie");

        assertThat(response.status()).isEqualTo(503);
        assertThat(response.first("Cache-Control")).contains("no-store");
        assertThat(response.all("Set-Cookie")).isEmpty();
        assertThat(response.body()).contains("\"detail\":\"No backend is available.\"");
        assertThat(client.get("/off").status())
                .as("the connection is still good")
                .isEqualTo(200);
    }

    @Test
    void sourceSessionIsNewOnTheFirstRequestAndOfOneAddress() throws Exception {
        try (TestClient other = new TestClient(gateway.port(), "127.0.0.2")) {
            client.get("/source");
            assertThat(gateway.lastDecision().outcome()).isIn(Outcome.NEW, Outcome.REVOKED);
            other.get("/source");
            assertThat(gateway.lastDecision().outcome()).isIn(Outcome.NEW, Outcome.REVOKED);
        }
    }

    private static String cookieHeader(Response first, Cookie cookie) {
        Optional<String> value = first.cookie(COOKIE);
        return switch (cookie) {
            case LOST -> "X-Nothing: here";
            case SENT_BACK -> "Cookie: " + value.orElse("a=b");
            case FORGED -> "Cookie: " + value.orElseThrow().replaceFirst(".$", "!");
        };
    }

    private static void state(String upstream, String backend, BackendState state) {
        gateway.upstream(upstream).setState(backend, state);
    }
}
