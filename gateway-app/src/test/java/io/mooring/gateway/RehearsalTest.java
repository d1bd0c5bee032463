package io.mooring.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.topology.Fleet;
import io.mooring.gateway.rehearsal.Rehearsal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class RehearsalTest {

    private ConfigurableApplicationContext gateway;
    private Fleet fleet;
    private List<String> more = List.of();

    @Test
    void clientsOfEveryProtocolAreKeptAndTheGatewayEnds() throws Exception {
        Rehearsal.perform(this::demo, Duration.ZERO);

        assertThat(fleet.scopes())
                .hasSize(3)
                .allSatisfy(scope -> assertThat(scope.outcomes(Outcome.KEPT)).isPositive());
        assertThat(gateway.isActive()).isFalse();
    }

    @Test
    void itFailsIfAClientIsNotKept() {
        more = List.of("--mooring.upstreams.shop.persistence.type=none");

        assertThatThrownBy(() -> Rehearsal.perform(this::demo, Duration.ZERO))
                .cause()
                .hasMessageContaining("answered by: shop-")
                .hasMessageContaining(" (expected: shop-");
        assertThat(gateway.isActive()).isFalse();
    }

    private ConfigurableApplicationContext demo(List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(more);
        gateway = MooringApplication.runWithBackends(all);
        fleet = gateway.getBean(Fleet.class);
        return gateway;
    }
}
