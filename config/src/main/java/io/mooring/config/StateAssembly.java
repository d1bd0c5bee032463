package io.mooring.config;

import io.mooring.balancer.topology.HealthCheckSpec;
import io.mooring.balancer.topology.Payload;
import io.mooring.balancer.topology.ProbeSpec;
import io.mooring.balancer.upstream.StatePolicy;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes of an upstream in which nothing was found to be wrong how its backends are judged. */
final class StateAssembly {

    private StateAssembly() {}

    static StatePolicy states(UpstreamProperties upstream) {
        return new StatePolicy(
                upstream.healthCheck() != null,
                upstream.allDown(),
                upstream.slowStart(),
                upstream.flapGrace(),
                upstream.drainTimeout(),
                upstream.ejection().toPolicy());
    }

    static Optional<HealthCheckSpec> healthCheck(UpstreamProperties upstream) {
        return Optional.ofNullable(upstream.healthCheck())
                .map(check -> new HealthCheckSpec(
                        probe(check, tls(check, upstream.tls() != null)),
                        check.interval(),
                        check.timeout(),
                        check.rise(),
                        check.fall(),
                        check.port()));
    }

    private static ProbeSpec probe(HealthCheckProperties check, ProbeSpec.@Nullable Tls tls) {
        return switch (Objects.requireNonNull(check.type(), "the check has found it")) {
            case TCP -> new ProbeSpec.Tcp(tls);
            case HTTP ->
                new ProbeSpec.Http(
                        check.method(),
                        check.path(),
                        check.host(),
                        StatusRanges.parse(check.expect()).orElseThrow(),
                        check.body(),
                        tls);
            case GRPC -> new ProbeSpec.Grpc(check.service(), tls);
            case UDP -> {
                String reply = check.reply();
                yield new ProbeSpec.Udp(Payload.of(check.send()), reply == null ? null : Payload.of(reply));
            }
        };
    }

    private static ProbeSpec.@Nullable Tls tls(HealthCheckProperties check, boolean overTls) {
        return switch (check.secured(overTls)) {
            case NONE -> null;
            case UPSTREAM -> new ProbeSpec.Tls.AsTraffic();
            case VERIFY -> new ProbeSpec.Tls.Apart(true, check.serverName());
            case INSECURE -> new ProbeSpec.Tls.Apart(false, check.serverName());
        };
    }
}
