package io.mooring.config;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.config.PortProperties.Management;
import io.mooring.config.PortProperties.Server;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * The configuration as it was bound, right or wrong.
 *
 * @param root what is not one of several
 * @param upstreams the upstreams
 * @param listeners the listeners
 * @param keys the keys
 * @param users who may use the management port
 * @param routes the gateway's routes
 * @param server where HTTP is served
 * @param management where the management endpoints are
 */
record BoundConfiguration(
        MooringProperties root,
        List<DeclaredUpstream> upstreams,
        List<Entry<ListenerProperties>> listeners,
        List<Entry<KeyProperties>> keys,
        List<Entry<AdminUserProperties>> users,
        List<Entry<RouteProperties>> routes,
        Server server,
        Management management) {

    /** Binds everything, and leaves what does not fit with the handler. */
    static BoundConfiguration bind(PropertyTree tree, CollectingBindHandler handler) {
        Binder binder = tree.binder();
        MooringProperties root = bind(binder, PropertyNames.MOORING, MooringProperties.class, handler);
        List<DeclaredUpstream> upstreams = new ArrayList<>();
        for (Entry<UpstreamProperties> upstream :
                entries(tree, PropertyNames.UPSTREAMS, root.upstreams(), UpstreamProperties.class, handler)) {
            upstreams.add(new DeclaredUpstream(
                    upstream.key(),
                    upstream.at(),
                    upstream.value(),
                    entries(
                            tree,
                            upstream.at().append("backends"),
                            upstream.value().backends(),
                            BackendProperties.class,
                            handler)));
        }
        return new BoundConfiguration(
                root,
                upstreams,
                entries(tree, PropertyNames.LISTENERS, root.listeners(), ListenerProperties.class, handler),
                elements(tree, PropertyNames.KEYS, KeyProperties.class, handler),
                entries(tree, PropertyNames.ADMIN_USERS, root.admin().users(), AdminUserProperties.class, handler),
                elements(tree, PropertyNames.ROUTES, RouteProperties.class, handler),
                bind(binder, PortProperties.SERVER, Server.class, handler),
                bind(binder, PortProperties.MANAGEMENT, Management.class, handler));
    }

    /** The upstream of this name. */
    Optional<DeclaredUpstream> upstream(String name) {
        return upstreams.stream()
                .filter(upstream -> upstream.name().equals(name))
                .findFirst();
    }

    /** The names of the upstreams as what is expected. */
    String upstreamNames() {
        return upstreams.isEmpty()
                ? "an upstream that is declared"
                : ExpectedValue.oneOf(
                        upstreams.stream().map(DeclaredUpstream::name).toList());
    }

    /** The upstream of ours that a route leads to. */
    Optional<DeclaredUpstream> upstream(RouteProperties route) {
        return Optional.ofNullable(route.uri()).flatMap(LoadBalancedUri::name).flatMap(this::upstream);
    }

    /** Where a route is that leads to an upstream, if there is one. */
    Optional<ConfigurationPropertyName> routeTo(DeclaredUpstream upstream) {
        return routes.stream()
                .filter(route ->
                        upstream(route.value()).filter(upstream::equals).isPresent())
                .map(Entry::at)
                .findFirst();
    }

    /** Where a UDP listener is that leads to an upstream, if there is one. */
    Optional<ConfigurationPropertyName> datagramsTo(DeclaredUpstream upstream) {
        return listeners.stream()
                .filter(listener -> listener.value().protocol() == Protocol.UDP
                        && upstream.name().equals(listener.value().upstream()))
                .map(Entry::at)
                .findFirst();
    }

    /** The policy that decides for a listener. */
    DeclaredPolicy listenerPolicy(Entry<ListenerProperties> listener) {
        return listenerPolicy(listener, listener.value().upstream());
    }

    /** The policy that decides for the clients of a listener that are led to this upstream. */
    DeclaredPolicy listenerPolicy(Entry<ListenerProperties> listener, @Nullable String upstream) {
        ListenerProperties value = listener.value();
        return Optional.ofNullable(upstream)
                .flatMap(this::upstream)
                .map(DeclaredUpstream::policy)
                .orElseGet(() -> DeclaredPolicy.defaultAt(listener.at()))
                .overriddenBy(listener.key(), listener.at(), value.balancing(), value.persistence());
    }

    /** The policy of a route that declares one. */
    DeclaredPolicy routePolicy(Entry<RouteProperties> route) {
        RouteProperties value = route.value();
        return upstream(value)
                .map(DeclaredUpstream::policy)
                .orElseGet(() -> DeclaredPolicy.defaultAt(route.at()))
                .overriddenBy(
                        Optional.ofNullable(value.id()).orElse(""),
                        route.at().append("metadata"),
                        value.metadata().balancing(),
                        value.metadata().persistence());
    }

    private static <T> List<Entry<T>> entries(
            PropertyTree tree,
            ConfigurationPropertyName parent,
            Map<String, T> bound,
            Class<T> type,
            CollectingBindHandler handler) {
        List<ConfigurationPropertyName> names = new ArrayList<>(tree.children(parent, false));
        for (ConfigurationPropertyName name : tree.children(parent, true)) {
            if (!names.contains(name) && bound.containsKey(key(name))) {
                names.add(name);
            }
        }
        // Spring leaves out an entry of which nothing could be bound.
        return names.stream()
                .map(name -> new Entry<>(
                        key(name),
                        name,
                        Optional.ofNullable(bound.get(key(name)))
                                .orElseGet(() -> bind(tree.binder(), name, type, handler))))
                .toList();
    }

    private static <T> List<Entry<T>> elements(
            PropertyTree tree, ConfigurationPropertyName list, Class<T> type, CollectingBindHandler handler) {
        Binder binder = tree.binder();
        return tree.elements(list).stream()
                .map(name -> new Entry<>(key(name), name, bind(binder, name, type, handler)))
                .toList();
    }

    /** What could be bound, with defaults for the rest. */
    private static <T> T bind(
            Binder binder, ConfigurationPropertyName name, Class<T> type, CollectingBindHandler handler) {
        return binder.bind(name, Bindable.of(type), handler)
                .orElseGet(() -> new Binder().bindOrCreate("default", type));
    }

    private static String key(ConfigurationPropertyName name) {
        return name.getLastElement(Form.ORIGINAL);
    }
}
