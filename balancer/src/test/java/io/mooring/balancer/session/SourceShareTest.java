package io.mooring.balancer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.SourceShare.Split;
import io.mooring.balancer.source.SourcePrefixes;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SourceShareTest {

    private static final InetAddress CARRIER = TestGateway.client(1_000_000);
    private static final SourceShare SPLIT = new SourceShare(20, 10, Split.PORT);

    private final List<String> warnings = new ArrayList<>();
    private final TestGateway gateway = new TestGateway(
            "a:10 b:10 c:10",
            (scope, source, open, all, share) -> warnings.add(scope + " " + source + " " + open + "/" + all));
    private final List<Decision> open = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "20, 10, 9, 1, false",
        "20, 10, 10, 11, true",
        "20, 10, 10, 50, false",
        "20, 10, 11, 54, true",
        "100, 1, 5, 5, false",
        "1, 1, 1, 100, false",
        "1, 1, 1, 99, true"
    })
    void aShareIsExceededByMoreThanItsPercentOfEnoughConnections(
            int percent, int least, int mine, int all, boolean exceeded) {
        assertThat(new SourceShare(percent, least, Split.NONE).isExceeded(mine, all))
                .isEqualTo(exceeded);
    }

    @Test
    void aSourceBeyondItsShareIsCountedAndWarnedOfOnce() {
        Scope scope = gateway.scope(policy(Balancing.WEIGHTED_ROUND_ROBIN, new SourceShare(20, 10, Split.NONE)));
        open(scope, 36, TestGateway::client);
        assertThat(scope.exceededShares()).hasValue(0);

        open(scope, 9, i -> CARRIER);
        assertThat(scope.exceededShares()).as("9 of 45").hasValue(0);
        open(scope, 11, i -> CARRIER);

        assertThat(scope.exceededShares()).as("from the 10th of 46 on").hasValue(11);
        assertThat(warnings).containsExactly("upstream/shop 10.15.66.64 10/46");
        gateway.advance(Duration.ofMinutes(10));
        open(scope, 2, i -> CARRIER);
        assertThat(warnings).hasSize(2);
        assertThat(open.subList(36, open.size()))
                .as("none is split")
                .allSatisfy(decision -> assertThat(id(decision)).isEqualTo(id(open.get(36))));
    }

    @Test
    void whatIsOverCountsNoMore() {
        Scope scope = gateway.scope(policy(Balancing.WEIGHTED_ROUND_ROBIN, new SourceShare(20, 10, Split.NONE)));
        for (int i = 0; i < 1_000; i++) {
            scope.decide(CARRIER, 5_000, List.of()).close();
        }

        assertThat(scope.exceededShares()).hasValue(0);
        assertThat(warnings).isEmpty();
    }

    @Test
    void aScopeThatWatchesNoShareCountsNone() {
        assertThat(gateway.scope(TestGateway.source()).exceededShares()).isEmpty();
        assertThat(gateway.scope(TestGateway.none(Balancing.IP_HASH)).exceededShares())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"WEIGHTED_ROUND_ROBIN", "IP_HASH"})
    void newFlowsOfASourceBeyondItsShareAreSpreadByTheBlockOfTheirPort(Balancing balancing) {
        Scope scope = gateway.scope(policy(balancing, SPLIT));
        open(scope, 30, TestGateway::client);
        for (int port = 1_024; port < 65_536; port += 64) {
            open.add(scope.decide(CARRIER, port, List.of()));
        }

        List<Decision> late = open.subList(open.size() - 800, open.size());
        assertThat(late.stream().map(SourceShareTest::id).distinct()).hasSize(3);
        for (int i = 0; i < late.size(); i += 16) {
            assertThat(late.subList(i, i + 16).stream().map(SourceShareTest::id).distinct())
                    .as("16 connections of one block of 1,024 ports")
                    .hasSize(1);
        }
    }

    @Test
    void aBlockKeepsItsSessionWhenItsSourceIsTooLargeNoMore() {
        Scope scope = gateway.scope(policy(Balancing.WEIGHTED_ROUND_ROBIN, SPLIT));
        open(scope, 20, i -> CARRIER);
        List<String> homes = new ArrayList<>();
        for (int block = 1; block < 7; block++) {
            homes.add(visit(scope, block * 1_024, Outcome.NEW));
        }
        open.forEach(Decision::close);
        assertThat(homes.stream().distinct()).hasSize(3);

        for (int block = 1; block < 7; block++) {
            assertThat(visit(scope, block * 1_024 + 1_023, Outcome.KEPT)).isEqualTo(homes.get(block - 1));
        }
        String whole = visit(scope, Scope.NO_PORT, Outcome.KEPT);
        assertThat(visit(scope, 60_000, Outcome.KEPT))
                .as("not of a block that was split")
                .isEqualTo(whole);
        gateway.advance(TestGateway.IDLE);
        visit(scope, 1_024, Outcome.IDLE_EXPIRED);
        assertThat(scope.liveSessions()).hasValue(1);
    }

    @Test
    void anOperatorSeesAndEndsTheSessionsOfAllBlocks() {
        Scope scope = gateway.scope(policy(Balancing.WEIGHTED_ROUND_ROBIN, SPLIT));
        open(scope, 20, i -> CARRIER);
        visit(scope, 2_047, Outcome.NEW);
        visit(scope, 65_535, Outcome.NEW);

        assertThat(scope.directory().orElseThrow().find(CARRIER))
                .extracting(RememberedSession::client)
                .containsExactly("10.15.66.64", "10.15.66.64 ports 1024-2047", "10.15.66.64 ports 64512-65535");
        assertThat(scope.revoke(CARRIER)).isTrue();
        assertThat(scope.directory().orElseThrow().find(CARRIER)).isEmpty();
        visit(scope, 2_047, Outcome.REVOKED);
    }

    @Test
    void aClientWithoutAPortIsNotSplit() {
        Scope scope = gateway.scope(policy(Balancing.WEIGHTED_ROUND_ROBIN, SPLIT));
        open(scope, 30, i -> CARRIER);

        assertThat(open.stream().map(SourceShareTest::id).distinct()).hasSize(1);
        assertThat(scope.exceededShares()).hasValue(21);
    }

    @Test
    void aShareOutsideItsRangeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SourceShare(0, 1, Split.NONE))
                .withMessage("max-percent: 0 (expected: 1-100)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SourceShare(101, 1, Split.NONE))
                .withMessage("max-percent: 101 (expected: 1-100)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SourceShare(20, 0, Split.NONE))
                .withMessage("min-connections: 0 (expected: 1 or more)");
    }

    private void open(Scope scope, int count, IntFunction<InetAddress> client) {
        for (int i = 0; i < count; i++) {
            open.add(scope.decide(client.apply(i), Scope.NO_PORT, List.of()));
        }
    }

    private static String visit(Scope scope, int port, Outcome expected) {
        try (Decision decision = scope.decide(CARRIER, port, List.of())) {
            assertThat(decision.outcome()).isEqualTo(expected);
            return id(decision);
        }
    }

    private static Policy policy(Balancing balancing, SourceShare share) {
        return new Policy(
                balancing,
                new Persistence.SourceIp(
                        new SessionTimeouts(TestGateway.IDLE, null), false, SourcePrefixes.DEFAULT, 1_000, share));
    }

    private static String id(Decision decision) {
        return Objects.requireNonNull(decision.member()).id();
    }
}
