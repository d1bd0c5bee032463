package io.mooring.balancer.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.topology.DiscoverySpec.Terms;
import io.mooring.balancer.upstream.AdminState;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.Members;
import io.mooring.balancer.upstream.StatePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiscoverySpecTest {

    private static final Policy NONE = new Policy(Balancing.WEIGHTED_ROUND_ROBIN, new Persistence.None());
    private static final DiscoverySpec.Source SHOP = new DiscoverySpec.Source.Registry("shop", Optional.empty());

    @Test
    void whatIsDeclaredStandsBeforeWhatIsFoundAndOneOfItsIdIsLeftOut() {
        UpstreamSpec shop = upstream("a:10 b:10", Map.of());
        Backend namesake = new Backend("b", "elsewhere", 1, 99);

        assertThat(shop.withFound(List.of(namesake, backend("c", 7))).backends())
                .containsExactlyElementsOf(Members.backends("a:10 b:10 c:7"));
    }

    @Test
    void whatIsDeclaredOfAMemberGoesBeforeWhatIsFound() {
        UpstreamSpec shop = upstream(
                "", Map.of("b", new Terms(0, AdminState.MAINTENANCE), "absent", new Terms(3, AdminState.READY)));
        Backend b = backend("b", 5);

        assertThat(shop.withFound(List.of(backend("a", 5), b)).backends())
                .containsExactly(backend("a", 5), new Backend("b", b.host(), b.port(), 0, AdminState.MAINTENANCE));
    }

    @Test
    void anUpstreamMayHaveNoBackendIfSomeAreFound() {
        UpstreamSpec shop = upstream("", Map.of());

        assertThat(shop.withFound(List.of())).isEqualTo(shop);
    }

    @Test
    void anUpstreamThatFindsNoneStaysAsItIs() {
        UpstreamSpec fixed = new UpstreamSpec("shop", NONE, Members.backends("a:10"));
        Topology topology = new Topology(List.of(fixed), List.of(), List.of());

        assertThat(topology.withFound(name -> List.of(backend("b", 10)))).isEqualTo(topology);
    }

    @Test
    void aTimeThatIsNoneIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DiscoverySpec(SHOP, Duration.ZERO, Duration.ofSeconds(1), true, Map.of()))
                .withMessage("interval: PT0S (expected: more than 0s)");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new DiscoverySpec(SHOP, Duration.ofSeconds(1), Duration.ofSeconds(-1), true, Map.of()))
                .withMessage("timeout: PT-1S (expected: more than 0s)");
    }

    private static UpstreamSpec upstream(String backends, Map<String, Terms> terms) {
        return new UpstreamSpec(
                "shop",
                NONE,
                Members.backends(backends),
                StatePolicy.DEFAULT,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new DiscoverySpec(SHOP, Duration.ofSeconds(30), Duration.ofSeconds(5), true, terms)));
    }

    private static Backend backend(String id, int weight) {
        return Members.backends(id + ":" + weight).get(0);
    }
}
