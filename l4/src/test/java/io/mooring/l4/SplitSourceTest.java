package io.mooring.l4;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.SessionTimeouts;
import io.mooring.balancer.session.SourceShare;
import io.mooring.balancer.source.SourceAddress;
import io.mooring.balancer.source.SourcePrefixes;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One address that has all connections, told apart by the ports they come from. */
class SplitSourceTest {

    private static final Policy SPLIT = new Policy(
            Balancing.WEIGHTED_ROUND_ROBIN,
            new Persistence.SourceIp(
                    new SessionTimeouts(Duration.ofMinutes(5), null),
                    false,
                    SourcePrefixes.DEFAULT,
                    1_000,
                    new SourceShare(50, 1, SourceShare.Split.PORT)));

    @Test
    void connectionsOfOneBlockOfPortsStayTogetherAndBlocksAreSpread() throws Exception {
        try (TcpBackend a = TcpBackend.echo("a");
                TcpBackend b = TcpBackend.echo("b");
                TestGateway gateway = TestGateway.of(SPLIT, a.spec(), b.spec())) {
            BoundListener listener = gateway.tcp();
            Map<Integer, String> homes = new HashMap<>();
            for (int i = 0; i < 1_000 && (i < 40 || new HashSet<>(homes.values()).size() < 2); i++) {
                ConnectionRecord record = gateway.visit(listener, "127.0.0.3");
                int block = record.client().getPort() / SourceAddress.PORTS_IN_BLOCK;
                String home = homes.putIfAbsent(block, record.backend());
                assertThat(record.outcome()).isEqualTo(home == null ? Outcome.NEW : Outcome.KEPT);
                assertThat(record.backend()).isEqualTo(homes.get(block));
            }

            assertThat(homes).containsValue("a").containsValue("b");
            assertThat(gateway.scope.exceededShares().orElseThrow()).isGreaterThanOrEqualTo(40);
        }
    }
}
