package io.mooring.config;

import io.mooring.balancer.reschedule.RescheduleSpec;
import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.topology.FlowSpec;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.RouteSpec;
import io.mooring.balancer.topology.ServerNameSpec;
import io.mooring.balancer.topology.TcpSpec;
import io.mooring.balancer.topology.Topology;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.Backend;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the settings of a configuration in which nothing was found to be wrong. */
final class SettingsAssembly {

    private final BoundConfiguration configuration;

    SettingsAssembly(BoundConfiguration configuration) {
        this.configuration = configuration;
    }

    GatewaySettings assemble() {
        MooringProperties root = configuration.root();
        return new GatewaySettings(
                new Topology(upstreams(), routes(), listeners()),
                root.http().keepaliveTimeout(),
                root.reload().interval(),
                root.sharePorts(),
                Path.of(root.dataDir()),
                root.persistence().saveInterval(),
                configuration.keys().stream().map(key -> key(key.value())).toList(),
                configuration.users().stream()
                        .map(user -> new AdminUser(
                                user.key(),
                                required(user.value().password()).substring(AdminCheck.BCRYPT.length()),
                                user.value().role()))
                        .toList());
    }

    private List<UpstreamSpec> upstreams() {
        return configuration.upstreams().stream()
                .map(upstream -> new UpstreamSpec(
                        upstream.name(),
                        upstream.policy().toPolicy(),
                        upstream.backends().stream()
                                .filter(backend -> backend.value().address() != null)
                                .map(SettingsAssembly::backend)
                                .toList(),
                        StateAssembly.states(upstream.value()),
                        StateAssembly.healthCheck(upstream.value()),
                        Optional.ofNullable(upstream.value().proxyProtocol()),
                        Optional.ofNullable(upstream.value().tls()).map(BackendTlsProperties::toSpec),
                        DiscoveryAssembly.discovery(upstream)))
                .toList();
    }

    private static Backend backend(Entry<BackendProperties> backend) {
        HostPort address = HostPort.parse(required(backend.value().address())).orElseThrow();
        return new Backend(
                backend.key(),
                address.host(),
                address.port(),
                backend.value().weight(),
                backend.value().state());
    }

    private List<RouteSpec> routes() {
        return configuration.routes().stream()
                .filter(route -> route.value().enabled() && route.value().id() != null)
                .flatMap(route -> configuration.upstream(route.value()).stream()
                        .map(upstream -> new RouteSpec(
                                required(route.value().id()),
                                upstream.name(),
                                route.value().declaresPolicy()
                                        ? Optional.of(
                                                configuration.routePolicy(route).toPolicy())
                                        : Optional.empty())))
                .toList();
    }

    private List<ListenerSpec> listeners() {
        return configuration.listeners().stream().map(this::listener).toList();
    }

    private ListenerSpec listener(Entry<ListenerProperties> listener) {
        ListenerProperties value = listener.value();
        ListenerSpec.Protocol protocol = required(value.protocol());
        return new ListenerSpec(
                listener.key(),
                protocol,
                value.address(),
                required(value.port()),
                required(value.upstream()),
                value.declaresPolicy()
                        ? Optional.of(configuration.listenerPolicy(listener).toPolicy())
                        : Optional.empty(),
                value.idleTimeout() == null ? protocol.defaultIdleTimeout() : value.idleTimeout(),
                value.connectTimeout(),
                new FlowSpec(value.maxFlows(), value.responses()),
                tcp(value),
                Optional.ofNullable(value.tls()).map(ListenerTlsProperties::toSpec),
                serverNames(value),
                value.reschedule() == null
                        ? RescheduleSpec.NEVER
                        : value.reschedule().toSpec());
    }

    private static ServerNameSpec serverNames(ListenerProperties listener) {
        Map<String, String> byName = new LinkedHashMap<>();
        listener.sni().forEach((name, upstream) -> byName.put(ServerNameCheck.normal(name), upstream));
        return new ServerNameSpec(byName, listener.sniTimeout());
    }

    private static TcpSpec tcp(ListenerProperties value) {
        return new TcpSpec(
                value.backlog(),
                limit(value.maxConnections()),
                limit(value.maxConnectionRate()),
                Optional.ofNullable(value.firstByteTimeout()),
                Optional.ofNullable(value.proxyProtocol())
                        .map(proxied -> new TcpSpec.Proxied(
                                proxied.from().stream()
                                        .map(AddressRangeText::parse)
                                        .map(Optional::orElseThrow)
                                        .toList(),
                                proxied.timeout())),
                Optional.ofNullable(value.keepAlive())
                        .map(KeepAliveProperties::toSpec)
                        .orElse(TcpSpec.KeepAlive.OF_SYSTEM));
    }

    private static int limit(@Nullable Integer declared) {
        return declared == null ? TcpSpec.UNLIMITED : declared;
    }

    private static SigningKey key(KeyProperties key) {
        return new SigningKey(required(key.id()), required(key.secret()).getBytes(StandardCharsets.UTF_8));
    }

    private static <T> T required(@Nullable T value) {
        return Objects.requireNonNull(value, "the check has found it");
    }
}
