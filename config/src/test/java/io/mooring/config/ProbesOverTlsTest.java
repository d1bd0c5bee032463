package io.mooring.config;

import static io.mooring.config.Configurations.violationsWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mooring.balancer.topology.HealthCheckSpec;
import io.mooring.balancer.topology.ProbeSpec;
import io.mooring.balancer.topology.ProbeSpec.Tls;
import io.mooring.balancer.topology.UpstreamSpec;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How probes of an upstream are secured that has TLS spoken with its backends. */
class ProbesOverTlsTest {

    private static final String CHECK = "mooring.upstreams.db.health-check";
    private static final String SECURED = """
            spring.ssl.bundle.pem.roots.truststore.certificate: ca.crt
            mooring.upstreams.db.tls.bundle: roots
            """;

    @ParameterizedTest(name = "{0}")
    @MethodSource("probes")
    void aProbeIsSecuredAsDeclaredOrElseAsTrafficIs(String block, @Nullable Tls expected) {
        Optional<ProbeSpec> probe =
                Configurations.inspect(SECURED + CHECK + ": " + block, Configurations.VALID)
                        .orThrow()
                        .topology()
                        .upstreams()
                        .stream()
                        .filter(upstream -> upstream.name().equals("db"))
                        .findFirst()
                        .flatMap(UpstreamSpec::healthCheck)
                        .map(HealthCheckSpec::probe);

        assertThat(probe.orElseThrow().tls()).isEqualTo(expected);
    }

    static Stream<Arguments> probes() {
        return Stream.of(
                arguments("{ type: tcp }", new Tls.AsTraffic()),
                arguments("{ type: http }", new Tls.AsTraffic()),
                arguments("{ type: grpc }", new Tls.AsTraffic()),
                arguments("{ type: udp }", null),
                arguments("{ type: http, port: 8081 }", null),
                arguments("{ type: http, port: 8081, tls: upstream }", new Tls.AsTraffic()),
                arguments("{ type: http, tls: none }", null),
                arguments("{ type: http, tls: verify, server-name: a }", new Tls.Apart(true, "a")),
                arguments("{ type: http, tls: insecure }", new Tls.Apart(false, null)));
    }

    @Test
    void theNameOfAProbeThatIsSecuredAsTrafficIsTheUpstreams() {
        assertThat(violationsWith(SECURED + CHECK + ": { type: http, server-name: a }"))
                .containsExactly(CHECK + ".server-name: a (expected: nothing, since the upstream's tls says it)");
    }
}
