package io.mooring.balancer.session;

import static io.mooring.balancer.selection.Balancing.IP_HASH;
import static io.mooring.balancer.selection.Balancing.WEIGHTED_LEAST_CONNECTIONS;
import static io.mooring.balancer.selection.Balancing.WEIGHTED_ROUND_ROBIN;
import static io.mooring.balancer.session.Persistence.Kind.COOKIE;
import static io.mooring.balancer.session.Persistence.Kind.NONE;
import static io.mooring.balancer.session.Persistence.Kind.SOURCE_IP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.source.SourcePrefixes;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class PolicyTest {

    private static final SessionTimeouts TIMEOUTS = new SessionTimeouts(SessionTimeouts.DEFAULT_IDLE, null);

    /** Which persistence goes with which balancing: on HTTP, and on layer 4. */
    private static Stream<Arguments> combinations() {
        return Stream.of(
                Arguments.of(WEIGHTED_ROUND_ROBIN, COOKIE, true, false),
                Arguments.of(WEIGHTED_ROUND_ROBIN, SOURCE_IP, true, true),
                Arguments.of(WEIGHTED_ROUND_ROBIN, NONE, true, true),
                Arguments.of(WEIGHTED_LEAST_CONNECTIONS, COOKIE, false, false),
                Arguments.of(WEIGHTED_LEAST_CONNECTIONS, SOURCE_IP, false, false),
                Arguments.of(WEIGHTED_LEAST_CONNECTIONS, NONE, true, true),
                Arguments.of(IP_HASH, COOKIE, false, false),
                Arguments.of(IP_HASH, SOURCE_IP, true, true),
                Arguments.of(IP_HASH, NONE, true, true));
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void theTableOfCombinationsHolds(Balancing balancing, Persistence.Kind kind, boolean http, boolean l4) {
        assertThat(Policy.allows(balancing, kind, Layer.HTTP)).isEqualTo(http);
        assertThat(Policy.allows(balancing, kind, Layer.L4)).isEqualTo(l4);
        if (http) {
            Policy policy = new Policy(balancing, persistence(kind));
            assertThat(policy.fits(Layer.HTTP)).isTrue();
            assertThat(policy.fits(Layer.L4)).isEqualTo(l4);
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Policy(balancing, persistence(kind)))
                    .withMessage(
                            "persistence: " + kind.key() + " (expected: one that goes with " + balancing.key() + ")");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PT30S, true",
        "PT3600S, true",
        "PT1000S, true",
        "PT29S, false",
        "PT29.999S, false",
        "PT30.5S, false",
        "PT3600.001S, false",
        "PT3601S, false",
        "PT0S, false",
        "PT-30S, false"
    })
    void idleTimeoutsAreWholeSecondsFromThirtyToAnHour(Duration idle, boolean allowed) {
        assertThat(SessionTimeouts.isIdleTimeout(idle)).isEqualTo(allowed);
        if (!allowed) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new SessionTimeouts(idle, null))
                    .withMessage("idle-timeout: " + idle + " (expected: whole seconds, 30s-3600s)");
        }
    }

    @ParameterizedTest
    @CsvSource({"PT0S", "PT-1S", "PT0.999S", "PT0.000001S"})
    void anAbsoluteTimeoutBelowASecondIsRefused(Duration absolute) {
        assertThat(SessionTimeouts.isAbsoluteTimeout(absolute)).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SessionTimeouts(SessionTimeouts.DEFAULT_IDLE, absolute))
                .withMessage("absolute-timeout: " + absolute + " (expected: 1s or more)");
    }

    @Test
    void anAbsoluteTimeoutLongerThanANumberOfNanosecondsIsForEver() {
        Duration thousandYears = Duration.ofDays(365_000);
        Duration longest = Duration.ofSeconds(Long.MAX_VALUE);
        for (Duration absolute : new Duration[] {thousandYears, longest}) {
            TestGateway gateway = new TestGateway("a:1 b:1");
            Scope source = gateway.scope(TestGateway.source(absolute, false));
            Scope cookie = gateway.scope(TestGateway.cookie(absolute, false));
            Decision first = cookie.decide(null, List.of());
            source.decide(TestGateway.client(1), List.of()).close();

            gateway.advance(TestGateway.IDLE.minusSeconds(1));

            assertThat(source.decide(TestGateway.client(1), List.of()).outcome())
                    .isEqualTo(Outcome.KEPT);
            assertThat(cookie.decide(null, List.of(first.cookieValue())).outcome())
                    .isEqualTo(Outcome.KEPT);
        }
    }

    @Test
    void aPermanentCookieNeedsAnAbsoluteTimeout() {
        CookieAttributes permanent = new CookieAttributes(
                "s",
                null,
                "/",
                CookieAttributes.SameSite.LAX,
                CookieAttributes.Secure.AUTO,
                true,
                false,
                CookieAttributes.Lifetime.PERMANENT);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Persistence.Cookie(TIMEOUTS, false, permanent))
                .withMessageStartingWith("absolute-timeout: none (expected: ");
    }

    @Test
    void aSourceTableNeedsRoom() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Persistence.SourceIp(TIMEOUTS, false, SourcePrefixes.DEFAULT, 0))
                .withMessage("max-entries: 0 (expected: 1 or more)");
    }

    private static Persistence persistence(Persistence.Kind kind) {
        return switch (kind) {
            case NONE -> new Persistence.None();
            case COOKIE -> new Persistence.Cookie(TIMEOUTS, false, CookieAttributes.named("s"));
            case SOURCE_IP -> new Persistence.SourceIp(TIMEOUTS, false, SourcePrefixes.DEFAULT, 10);
        };
    }
}
