package io.mooring.config;

import io.mooring.balancer.topology.DiscoverySpec;
import io.mooring.balancer.topology.DiscoverySpec.Source;
import io.mooring.balancer.topology.DiscoverySpec.Terms;
import io.mooring.config.DiscoveryProperties.OnEmpty;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes of an upstream in which nothing was found to be wrong how its members are found. */
final class DiscoveryAssembly {

    private DiscoveryAssembly() {}

    static Optional<DiscoverySpec> discovery(DeclaredUpstream upstream) {
        Map<String, Terms> terms = upstream.backends().stream()
                .filter(backend -> backend.value().address() == null)
                .collect(Collectors.toMap(
                        Entry::key,
                        backend -> new Terms(
                                backend.value().weight(), backend.value().state())));
        DiscoveryProperties registry = upstream.value().discovery();
        if (registry != null) {
            return Optional.of(new DiscoverySpec(
                    new Source.Registry(required(registry.serviceId()), Optional.ofNullable(registry.weightMetadata())),
                    registry.interval(),
                    registry.timeout(),
                    registry.onEmpty() == OnEmpty.KEEP,
                    terms));
        }
        return Optional.ofNullable(upstream.value().dns())
                .map(dns -> new DiscoverySpec(
                        new Source.Names(
                                required(dns.name()),
                                required(dns.port()),
                                dns.family(),
                                dns.servers().stream()
                                        .map(NameServerAddress::parse)
                                        .map(Optional::orElseThrow)
                                        .toList()),
                        dns.interval(),
                        dns.timeout(),
                        dns.onEmpty() == OnEmpty.KEEP,
                        terms));
    }

    private static <T> T required(@Nullable T value) {
        return Objects.requireNonNull(value, "the check has found it");
    }
}
