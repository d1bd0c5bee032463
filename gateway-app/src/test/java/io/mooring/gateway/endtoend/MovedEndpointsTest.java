package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints of the management port at other paths than those of the documentation. */
class MovedEndpointsTest {

    @TempDir
    Path directory;

    @Test
    void theProbesOfAnOrchestratorComeUnderAnyNameAndWithoutAUserAndNothingElseDoes() throws Exception {
        try (HttpBackends shop = HttpBackends.start("shop", 1);
                Gateway gateway = Gateway.start(
                        directory,
                        """
                        mooring.upstreams.shop: { backends: %s }
                        mooring.admin.users.reader: { password: "{bcrypt}%s", role: read }
                        """.formatted(shop.yaml(), ManagementCalls.hash("reader")),
                        "--management.endpoints.web.base-path=/manage/",
                        "--management.endpoints.web.path-mapping.health=state");
                HttpConnection connection = new HttpConnection(gateway.managementPort())) {
            for (String probe : List.of("/manage/state/liveness", "/manage/state/readiness")) {
                assertThat(connection.getFrom("gateway.example:9900", probe).status())
                        .as(probe)
                        .isEqualTo(200);
            }
            for (String other : List.of("/manage/state", "/manage/prometheus", "/actuator/health/liveness")) {
                assertThat(connection.getFrom("gateway.example:9900", other).status())
                        .as(other)
                        .isEqualTo(403);
                assertThat(connection.getFrom("localhost:9900", other).status())
                        .as(other)
                        .isEqualTo(401);
            }
        }
    }
}
