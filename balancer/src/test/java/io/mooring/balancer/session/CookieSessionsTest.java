package io.mooring.balancer.session;

import static io.mooring.balancer.session.CookieAction.INSERTED;
import static io.mooring.balancer.session.CookieAction.REFRESHED;
import static io.mooring.balancer.session.CookieAction.REPLACED;
import static io.mooring.balancer.session.Outcome.IDLE_EXPIRED;
import static io.mooring.balancer.session.Outcome.INVALID;
import static io.mooring.balancer.session.Outcome.KEPT;
import static io.mooring.balancer.session.Outcome.MAX_EXPIRED;
import static io.mooring.balancer.session.Outcome.MOVED;
import static io.mooring.balancer.session.Outcome.NEW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.selection.Rotation;
import io.mooring.balancer.selection.Selector;
import io.mooring.balancer.time.FakeWallClock;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.SessionToken;
import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.token.TokenCodec;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Members;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CookieSessionsTest {

    private static final long NOW = FakeWallClock.START.toEpochMilli();
    private static final Duration DAY = Duration.ofHours(24);

    /** Who serves a client that is bound to b. */
    private enum Served {
        BY_B,
        BY_ANOTHER,
        BY_ANY,
        BY_NONE
    }

    private final TestGateway gateway = new TestGateway("a:10 b:10 c:10");

    /** How long ago the session began and was last used; b's state; strict or not; and what comes of it. */
    private static Stream<Arguments> sessions() {
        Duration second = Duration.ofSeconds(1);
        Duration milli = Duration.ofMillis(1);
        Duration idle = TestGateway.IDLE;
        Duration absolute = TestGateway.ABSOLUTE;
        return Stream.of(
                Arguments.of(milli, milli, "ready", false, KEPT, CookieAction.NONE, Served.BY_B),
                Arguments.of(second, second.minus(milli), "ready", false, KEPT, CookieAction.NONE, Served.BY_B),
                Arguments.of(second, second, "ready", false, KEPT, REFRESHED, Served.BY_B),
                Arguments.of(second, second, "ready", true, KEPT, REFRESHED, Served.BY_B),
                Arguments.of(idle, idle.minus(milli), "ready", false, KEPT, REFRESHED, Served.BY_B),
                Arguments.of(idle, idle, "ready", false, IDLE_EXPIRED, REPLACED, Served.BY_ANY),
                Arguments.of(idle, idle, "ready", true, IDLE_EXPIRED, REPLACED, Served.BY_ANY),
                Arguments.of(absolute.minus(milli), second, "ready", false, KEPT, REFRESHED, Served.BY_B),
                Arguments.of(absolute, milli, "ready", false, MAX_EXPIRED, REPLACED, Served.BY_ANY),
                Arguments.of(absolute, idle, "ready", false, MAX_EXPIRED, REPLACED, Served.BY_ANY),
                Arguments.of(second, milli, "draining", false, KEPT, CookieAction.NONE, Served.BY_B),
                Arguments.of(second, milli, "draining", true, KEPT, CookieAction.NONE, Served.BY_B),
                Arguments.of(second, milli, "weightless", false, KEPT, CookieAction.NONE, Served.BY_B),
                Arguments.of(second, milli, "down", false, MOVED, REPLACED, Served.BY_ANOTHER),
                Arguments.of(second, milli, "maintenance", false, MOVED, REPLACED, Served.BY_ANOTHER),
                Arguments.of(second, milli, "probing", false, MOVED, REPLACED, Served.BY_ANOTHER),
                Arguments.of(second, milli, "gone", false, MOVED, REPLACED, Served.BY_ANOTHER),
                Arguments.of(second, milli, "down", true, MOVED, CookieAction.NONE, Served.BY_NONE),
                Arguments.of(second, milli, "gone", true, MOVED, CookieAction.NONE, Served.BY_NONE),
                Arguments.of(idle, idle, "down", true, IDLE_EXPIRED, REPLACED, Served.BY_ANOTHER),
                Arguments.of(idle, idle, "draining", false, IDLE_EXPIRED, REPLACED, Served.BY_ANOTHER),
                Arguments.of(DAY.negated(), DAY.negated(), "ready", false, KEPT, CookieAction.NONE, Served.BY_B),
                Arguments.of(second, DAY.plus(milli).negated(), "ready", false, INVALID, REPLACED, Served.BY_ANY),
                Arguments.of(DAY.plus(milli).negated(), second, "ready", false, INVALID, REPLACED, Served.BY_ANY));
    }

    @ParameterizedTest(name = "began {0} ago, seen {1} ago, b {2}, strict {3}: {4}, cookie {5}, served {6}")
    @MethodSource("sessions")
    void aSessionHasItsOutcome(
            Duration began,
            Duration seen,
            String state,
            boolean strict,
            Outcome outcome,
            CookieAction action,
            Served served) {
        put(state);
        Scope scope = gateway.scope(TestGateway.cookie(TestGateway.ABSOLUTE, strict));

        try (Decision decision = decide(scope, token("b", began, seen))) {
            assertThat(decision.outcome()).isEqualTo(outcome);
            assertThat(decision.cookieAction()).isEqualTo(action);
            assertThat(decision.isRefused()).isEqualTo(served == Served.BY_NONE);
            switch (served) {
                case BY_B -> assertThat(id(decision)).isEqualTo("b");
                case BY_ANOTHER -> assertThat(id(decision)).isIn("a", "c");
                case BY_ANY -> assertThat(id(decision)).isIn("a", "b", "c");
                case BY_NONE -> assertThat(decision.member()).isNull();
            }
            if (action == CookieAction.NONE) {
                assertThatIllegalStateException().isThrownBy(decision::cookieValue);
            } else {
                boolean goesOn = outcome == KEPT || outcome == MOVED;
                assertThat(says(decision.cookieValue()))
                        .as("began %s, seen now", goesOn ? "when it did" : "now")
                        .isEqualTo(
                                new SessionToken(0, tag(id(decision)), goesOn ? NOW - began.toMillis() : NOW, NOW, 0));
            }
        }

        assertThat(scope.outcomes(outcome)).isEqualTo(1);
        assertThat(gateway.active()).isZero();
    }

    private static Stream<Arguments> strangeTokens() {
        String genuine = token("b", Duration.ZERO, Duration.ZERO);
        TokenCodec otherScope = new TokenCodec("route/shop", new KeyRing(List.of(TestGateway.KEY)));
        TokenCodec otherKey = TestGateway.codec(TestGateway.OTHER_KEY);
        TokenCodec otherSecret =
                TestGateway.codec(new SigningKey("k1", "another secret..".getBytes(StandardCharsets.UTF_8)));
        return Stream.of(
                Arguments.of("nothing", ""),
                Arguments.of("garbage", "garbage"),
                Arguments.of("too short", genuine.substring(1)),
                Arguments.of("too long", genuine + "A"),
                Arguments.of("8 KB", "A".repeat(8_192)),
                Arguments.of("another script", "\u0416".repeat(60)),
                Arguments.of("control characters", "\r\n\0".repeat(20)),
                Arguments.of("signature altered", genuine.substring(0, 59) + (genuine.endsWith("A") ? "B" : "A")),
                Arguments.of("another version", "B" + genuine.substring(1)),
                Arguments.of("another scope", otherScope.write(otherScope.backendTag(0, "b"), NOW, NOW, 0)),
                Arguments.of("an unknown key", otherKey.write(otherKey.backendTag(0, "b"), NOW, NOW, 0)),
                Arguments.of("another secret", otherSecret.write(otherSecret.backendTag(0, "b"), NOW, NOW, 0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strangeTokens")
    void aStrangeTokenIsInvalidAndChoosesNothing(String what, String token) {
        Scope scope = gateway.scope(TestGateway.cookie(null, true));
        List<String> served = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Decision decision = decide(scope, token);
            assertThat(decision.outcome()).as(what).isEqualTo(INVALID);
            assertThat(decision.cookieAction()).isEqualTo(REPLACED);
            served.add(id(decision));
            decision.close();
        }

        assertThat(served).as("balanced").containsExactlyInAnyOrder("a", "a", "b", "b", "c", "c");
    }

    @Test
    void aClientWithoutACookieIsNew() {
        Decision decision = decide(gateway.scope(TestGateway.cookie()));

        assertThat(decision.outcome()).isEqualTo(NEW);
        assertThat(decision.cookieAction()).isEqualTo(INSERTED);
        assertThat(says(decision.cookieValue())).isEqualTo(new SessionToken(0, tag(id(decision)), NOW, NOW, 0));
    }

    @Test
    void fiftyRequestsOfOneClientReachOneBackend() {
        Scope scope = gateway.scope(TestGateway.cookie());
        Decision first = decide(scope);
        String cookie = first.cookieValue();
        for (int i = 0; i < 50; i++) {
            gateway.advance(Duration.ofMinutes(15));
            Decision next = decide(scope, cookie);
            assertThat(next.outcome()).isEqualTo(KEPT);
            assertThat(id(next)).isEqualTo(id(first));
            assertThat(next.cookieAction()).isEqualTo(REFRESHED);
            cookie = next.cookieValue();
        }
    }

    @Test
    void tenThousandNewClientsSplitSeventyToThirtyAndNoneGoesToWeightZero() {
        TestGateway weighted = new TestGateway("a:70 b:30 c:0");
        Scope scope = weighted.scope(TestGateway.cookie());
        List<String> served = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            served.add(id(decide(scope)));
        }

        assertThat(Collections.frequency(served, "a")).isBetween(6_800, 7_200);
        assertThat(served).doesNotContain("c");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 99})
    void ofSeveralTokensTheFirstValidOneCounts(int before) {
        List<String> tokens = new ArrayList<>(Collections.nCopies(before, "tossed"));
        tokens.add(token("b", Duration.ZERO, Duration.ZERO));
        tokens.add(token("c", Duration.ZERO, Duration.ZERO));

        Decision decision = gateway.scope(TestGateway.cookie()).decide(null, tokens);

        assertThat(decision.outcome()).isEqualTo(KEPT);
        assertThat(id(decision)).isEqualTo("b");
    }

    @Test
    void aHundredStrangeTokensAreInvalid() {
        Decision decision = gateway.scope(TestGateway.cookie()).decide(null, Collections.nCopies(100, "tossed"));

        assertThat(decision.outcome()).isEqualTo(INVALID);
    }

    @ParameterizedTest
    @CsvSource({"PT-1S, KEPT, NONE", "PT-1H, KEPT, NONE", "PT-24H, KEPT, NONE", "PT-24H-1S, INVALID, REPLACED"})
    void aClockSetBackKeepsSessionsWithinTheSkew(Duration jump, Outcome outcome, CookieAction action) {
        Scope scope = gateway.scope(TestGateway.cookie(TestGateway.ABSOLUTE, false));
        String cookie = decide(scope).cookieValue();

        gateway.wallClock.advance(jump);

        Decision decision = decide(scope, cookie);
        assertThat(decision.outcome()).isEqualTo(outcome);
        assertThat(decision.cookieAction()).isEqualTo(action);
    }

    @Test
    void aMoveAfterTheClockWasSetBackDoesNotShortenTheSession() {
        Scope scope = gateway.scope(TestGateway.cookie());
        String cookie = token("b", Duration.ofHours(-1), Duration.ofHours(-1));
        gateway.upstream.setState("b", BackendState.DOWN);

        Decision moved = decide(scope, cookie);

        assertThat(moved.outcome()).isEqualTo(MOVED);
        assertThat(says(moved.cookieValue()).lastSeenMillis())
                .isEqualTo(NOW + Duration.ofHours(1).toMillis());
    }

    @Test
    void aTokenOfAnOlderKeyIsKeptAndRewrittenWithTheFirst() {
        TestGateway rotated = new TestGateway("a:10 b:10 c:10", TestGateway.OTHER_KEY, TestGateway.KEY);
        Scope scope = rotated.scope(TestGateway.cookie());

        Decision decision = decide(scope, token("b", Duration.ofSeconds(5), Duration.ofSeconds(5)));

        assertThat(decision.outcome()).isEqualTo(KEPT);
        assertThat(id(decision)).isEqualTo("b");
        TokenCodec first = TestGateway.codec(TestGateway.OTHER_KEY);
        assertThat(first.verify(decision.cookieValue()))
                .isEqualTo(new SessionToken(
                        0, first.backendTag(0, "b"), NOW - Duration.ofSeconds(5).toMillis(), NOW, 0));
    }

    @Test
    void gatewaysWithTheSameKeysHonourEachOthersTokens() {
        Scope here = gateway.scope(TestGateway.cookie());
        Scope there = new TestGateway("c:3 b:7 a:1").scope(TestGateway.cookie());
        for (int i = 0; i < 30; i++) {
            Decision first = decide(here);

            Decision second = decide(there, first.cookieValue());

            assertThat(second.outcome()).isEqualTo(KEPT);
            assertThat(id(second)).isEqualTo(id(first));
        }
    }

    @Test
    void twoScopesOfOneGatewayNeverHonourEachOthersTokens() {
        Scope upstream = gateway.scope(TestGateway.cookie());
        Scope route = gateway.scope(new ScopeId(ScopeId.Kind.ROUTE, "shop"), TestGateway.cookie());

        assertThat(decide(route, decide(upstream).cookieValue()).outcome()).isEqualTo(INVALID);
        assertThat(decide(upstream, decide(route).cookieValue()).outcome()).isEqualTo(INVALID);
    }

    @Test
    void aBackendThatComesBackFindsItsSessions() {
        Scope scope = gateway.scope(TestGateway.cookie());
        String cookie = token("b", Duration.ZERO, Duration.ZERO);
        gateway.remove("b");
        gateway.upstream.replaceBackends(Members.backends("c:10 b:10"));

        assertThat(id(decide(scope, cookie))).isEqualTo("b");
    }

    @Test
    void aClientWhoseBackendIsOutWithAllOthersGetsNoneAndKeepsItsCookie() {
        Scope scope = gateway.scope(TestGateway.cookie());
        for (String id : List.of("a", "b", "c")) {
            gateway.upstream.setState(id, BackendState.MAINTENANCE);
        }

        Decision decision = decide(scope, token("b", Duration.ZERO, Duration.ZERO));

        assertThat(decision.outcome()).isEqualTo(MOVED);
        assertThat(decision.member()).isNull();
        assertThat(decision.isRefused()).isFalse();
        assertThat(decision.cookieAction()).isEqualTo(CookieAction.NONE);
    }

    @Test
    void aBackendChosenJustBeforeItLeftStillHasACookie() {
        UpstreamSnapshot before = gateway.upstream.snapshot();
        Scope scope = gateway.scope(TestGateway.cookie());
        CookieSessions sessions = new CookieSessions(
                (Persistence.Cookie) TestGateway.cookie().persistence(),
                TestGateway.codec(TestGateway.KEY),
                gateway.wallClock,
                Revocations.NONE);
        sessions.prepare(new UpstreamSnapshot("shop", List.of()));
        Selection old = new Selection(before, Selector.of(Balancing.WEIGHTED_ROUND_ROBIN, before, new Rotation(0)));

        Decision decision = sessions.decide(scope, old, null, Scope.NO_PORT, List.of());

        assertThat(says(decision.cookieValue()).backendTag()).isEqualTo(tag("a"));
    }

    private void put(String state) {
        switch (state) {
            case "gone" -> gateway.remove("b");
            case "weightless" -> gateway.upstream.replaceBackends(Members.backends("a:10 b:0 c:10"));
            default -> gateway.upstream.setState("b", BackendState.valueOf(state.toUpperCase(Locale.ROOT)));
        }
    }

    private static Decision decide(Scope scope, String... tokens) {
        return scope.decide(TestGateway.client(1), List.of(tokens));
    }

    private static String id(Decision decision) {
        return Objects.requireNonNull(decision.member()).id();
    }

    private static String token(String backend, Duration began, Duration seen) {
        TokenCodec codec = TestGateway.codec(TestGateway.KEY);
        return codec.write(codec.backendTag(0, backend), NOW - began.toMillis(), NOW - seen.toMillis(), 0);
    }

    private static SessionToken says(String token) {
        return Objects.requireNonNull(TestGateway.codec(TestGateway.KEY).verify(token));
    }

    private static long tag(String backend) {
        return TestGateway.codec(TestGateway.KEY).backendTag(0, backend);
    }
}
