package io.mooring.balancer.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.upstream.AdminState;
import io.mooring.balancer.upstream.Members;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who moves when backends are drained, added and removed, and what two gateways make of the same clients. */
class ChangingFleetTest {

    private static final int CLIENTS = 20_000;
    private static final int CLIENTS_OF_TWO_GATEWAYS = 100_000;

    @Test
    void aDrainedBackendIsLeftByItsThousandSessionsWhenTheyEndAndNotBefore() {
        TestGateway gateway = new TestGateway("a:10 b:10");
        Scope scope = gateway.scope(TestGateway.source(null, false, 4_000));
        List<String> homes = bySource(scope, 0, 2_000);
        assertThat(scope.liveSessions("a")).hasValue(1_000);
        gateway.upstream.administer("a", AdminState.DRAINING);

        gateway.advance(TestGateway.IDLE.dividedBy(2));
        assertThat(bySource(scope, 0, 1_000)).isEqualTo(homes.subList(0, 1_000));
        assertThat(bySource(scope, 2_000, 500)).as("new clients").containsOnly("b");
        assertThat(scope.liveSessions("a")).hasValue(1_000);
        assertThat(scope.outcomes(Outcome.KEPT)).isEqualTo(1_000);

        gateway.advance(TestGateway.IDLE.dividedBy(2));
        assertThat(scope.liveSessions("a")).as("those that came again").hasValue(500);
        assertThat(scope.outcomes(Outcome.MOVED) + scope.outcomes(Outcome.REVOKED))
                .isZero();
        gateway.advance(TestGateway.IDLE.dividedBy(2));
        assertThat(scope.liveSessions("a")).hasValue(0);
        assertThat(bySource(scope, 0, 1_000)).containsOnly("b");
    }

    @Test
    void fromThreeBackendsToSixNoSessionMoves() {
        TestGateway gateway = new TestGateway("a:10 b:10 c:10");
        Scope sources = gateway.scope(TestGateway.source(null, false, CLIENTS));
        Scope cookies = gateway.scope(new ScopeId(ScopeId.Kind.ROUTE, "r"), TestGateway.cookie());
        List<String> bySource = bySource(sources, 0, CLIENTS);
        Map<String, String> byCookie = byCookie(gateway, cookies, CLIENTS);
        gateway.upstream.replaceBackends(Members.backends("a:10 b:10 c:10 d:10 e:10 f:10"));
        gateway.advance(Duration.ofSeconds(10));

        assertThat(bySource(sources, 0, CLIENTS)).isEqualTo(bySource);
        assertThat(homes(cookies, byCookie)).isEqualTo(byCookie);
        assertThat(sources.outcomes(Outcome.KEPT)).isEqualTo(CLIENTS);
        assertThat(cookies.outcomes(Outcome.KEPT)).isEqualTo(CLIENTS);
        assertThat(byCookie(gateway, cookies, 6).values()).as("new clients").contains("d", "e", "f");
    }

    @Test
    void byHashHalfOfTheClientsMoveFromThreeBackendsToSixAllToNewOnes() {
        TestGateway gateway = new TestGateway("a:10 b:10 c:10");
        Scope scope = gateway.scope(TestGateway.none(Balancing.IP_HASH));
        List<String> before = bySource(scope, 0, CLIENTS);
        gateway.upstream.replaceBackends(Members.backends("a:10 b:10 c:10 d:10 e:10 f:10"));
        List<String> after = bySource(scope, 0, CLIENTS);

        List<String> movedTo = moved(before, after);
        assertThat(movedTo.size()).isBetween(CLIENTS * 45 / 100, CLIENTS * 55 / 100);
        assertThat(movedTo.stream().filter(id -> id.compareTo("d") < 0).count())
                .as("between old ones")
                .isLessThan(CLIENTS / 50);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 10, 20})
    void byHashOneOfNBackendsAddedOrRemovedMovesAtMostOneAndAHalfNthOfTheClients(int n) {
        TestGateway gateway = new TestGateway(equal(n - 1));
        Scope scope = gateway.scope(TestGateway.none(Balancing.IP_HASH));
        List<String> without = bySource(scope, 0, CLIENTS);
        gateway.upstream.replaceBackends(Members.backends(equal(n)));
        List<String> with = bySource(scope, 0, CLIENTS);
        gateway.upstream.replaceBackends(Members.backends(equal(n - 1)));

        assertThat(moved(without, with)).hasSizeLessThanOrEqualTo(CLIENTS * 3 / (2 * n));
        assertThat(bySource(scope, 0, CLIENTS)).isEqualTo(without);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 10})
    void oneOfNBackendsRemovedMovesTheSessionsItHasAndNoOthers(int n) {
        TestGateway gateway = new TestGateway(equal(n));
        Scope sources = gateway.scope(TestGateway.source(null, false, CLIENTS));
        Scope cookies = gateway.scope(new ScopeId(ScopeId.Kind.ROUTE, "r"), TestGateway.cookie());
        List<String> before = bySource(sources, 0, CLIENTS);
        Map<String, String> byCookie = byCookie(gateway, cookies, CLIENTS);
        gateway.remove("b0");
        List<String> after = bySource(sources, 0, CLIENTS);

        assertThat(IntStream.range(0, CLIENTS)
                        .filter(i -> after.get(i).equals(before.get(i))
                                == before.get(i).equals("b0")))
                .isEmpty();
        Map<String, String> stayed = new HashMap<>(homes(cookies, byCookie));
        stayed.entrySet().retainAll(byCookie.entrySet());
        byCookie.values().removeIf("b0"::equals);
        assertThat(stayed).isEqualTo(byCookie);
    }

    @Test
    void twoGatewaysOfTheSameKeysAgreeOnEveryCookie() {
        TestGateway one = new TestGateway("a:10 b:20 c:5");
        TestGateway other = new TestGateway("c:5 a:10 b:20");
        Scope here = one.scope(TestGateway.cookie(TestGateway.ABSOLUTE, false));
        Scope there = other.scope(TestGateway.cookie(TestGateway.ABSOLUTE, false));
        Map<String, String> issuedHere = byCookie(one, here, CLIENTS_OF_TWO_GATEWAYS / 2);
        Map<String, String> issuedThere = byCookie(other, there, CLIENTS_OF_TWO_GATEWAYS / 2);

        assertThat(homes(there, issuedHere)).isEqualTo(issuedHere);
        assertThat(homes(here, issuedThere)).isEqualTo(issuedThere);
        assertThat(here.outcomes(Outcome.KEPT) + there.outcomes(Outcome.KEPT)).isEqualTo(CLIENTS_OF_TWO_GATEWAYS);
    }

    @Test
    void twoGatewaysAgreeByHashWhateverTheOrderOfTheirBackends() {
        Scope here = new TestGateway("a:10 b:20 c:5").scope(TestGateway.none(Balancing.IP_HASH));
        Scope there = new TestGateway("c:5 a:10 b:20").scope(TestGateway.none(Balancing.IP_HASH));

        assertThat(bySource(here, 0, CLIENTS_OF_TWO_GATEWAYS)).isEqualTo(bySource(there, 0, CLIENTS_OF_TWO_GATEWAYS));
    }

    @Test
    void aSourceTableIsItsGatewaysOwn() {
        Scope here = new TestGateway("a:10 b:10").scope(TestGateway.source());
        Scope there = new TestGateway("a:10 b:10").scope(TestGateway.source());
        bySource(here, 0, 100);
        bySource(there, 0, 100);

        assertThat(there.outcomes(Outcome.NEW)).isEqualTo(100);
    }

    private static List<String> moved(List<String> before, List<String> after) {
        return IntStream.range(0, before.size())
                .filter(i -> !before.get(i).equals(after.get(i)))
                .mapToObj(after::get)
                .toList();
    }

    private static List<String> bySource(Scope scope, int first, int count) {
        List<String> homes = new ArrayList<>();
        for (int client = first; client < first + count; client++) {
            try (Decision decision = scope.decide(TestGateway.client(client), List.of())) {
                homes.add(id(decision));
            }
        }
        return homes;
    }

    /** New clients, one each millisecond: their cookies, all different, and where they are bound. */
    private static Map<String, String> byCookie(TestGateway gateway, Scope scope, int count) {
        Map<String, String> homes = new HashMap<>();
        for (int i = 0; i < count; i++) {
            try (Decision decision = scope.decide(null, List.of())) {
                homes.put(decision.cookieValue(), id(decision));
            }
            gateway.wallClock.advance(Duration.ofMillis(1));
        }
        return homes;
    }

    /** Where the clients with these cookies are served. */
    private static Map<String, String> homes(Scope scope, Map<String, String> cookies) {
        Map<String, String> homes = new HashMap<>();
        for (String cookie : cookies.keySet()) {
            try (Decision decision = scope.decide(null, List.of(cookie))) {
                homes.put(cookie, id(decision));
            }
        }
        return homes;
    }

    private static String id(Decision decision) {
        return Objects.requireNonNull(decision.member()).id();
    }

    private static String equal(int count) {
        return IntStream.range(0, count).mapToObj(i -> "b" + i + ":10").collect(Collectors.joining(" "));
    }
}
