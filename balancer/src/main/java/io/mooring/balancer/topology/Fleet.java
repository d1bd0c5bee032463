package io.mooring.balancer.topology;

import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.SessionContext;
import io.mooring.balancer.upstream.Upstream;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The live upstreams and scopes of a gateway, which a {@link FleetChange} replaces while they serve.
 *
 * <p>Safe for concurrent use; to look something up is one volatile read. It owns the scopes and closes them when it is
 * closed, or when they are gone. Those who keep an upstream or a scope may do so: it is the same one for as long as
 * there is one of its name and kind on the same upstream.
 */
public final class Fleet implements AutoCloseable {

    private final SessionContext context;
    private final List<Runnable> followers = new CopyOnWriteArrayList<>();
    private volatile FleetState state;
    private volatile @Nullable FleetState leaving;

    /** Brings a topology to life. */
    public Fleet(Topology topology, SessionContext context) {
        this.context = context;
        this.state = new FleetAssembly(FleetState.NONE, topology, context).assemble();
    }

    /** What it is made of. */
    public Topology topology() {
        return state.topology();
    }

    /** The upstreams, in the order of their configuration. */
    public Collection<Upstream> upstreams() {
        return List.copyOf(state.upstreams().values());
    }

    /** The upstream of this name. */
    public Optional<Upstream> upstream(String name) {
        return Optional.ofNullable(find(now -> now.upstreams().get(name)));
    }

    /** All scopes: the upstreams' in order, then those of the routes and listeners that override one. */
    public Collection<Scope> scopes() {
        return state.scopes();
    }

    /** The scope that the upstream's own policy makes. */
    public Optional<Scope> upstreamScope(String upstream) {
        return Optional.ofNullable(find(now -> now.upstreamScopes().get(upstream)));
    }

    /** The scope that decides for a route: its own, or its upstream's. Empty for routes that lead elsewhere. */
    public Optional<Scope> routeScope(String routeId) {
        return Optional.ofNullable(find(now -> now.routeScopes().get(routeId)));
    }

    /**
     * The scopes that decide for a listener, by the names of the upstreams that it leads to, its default first: its
     * own, or the upstreams'. Empty for a listener that there is not.
     */
    public Map<String, Scope> listenerScopes(String listener) {
        return state.listenerScopes(listener);
    }

    /** The scope that decides for the clients of a listener whom nothing leads elsewhere. */
    public Optional<Scope> listenerScope(String listener) {
        return listenerScopes(listener).values().stream().findFirst();
    }

    /**
     * Prepares to become another topology; nothing that serves has changed by then.
     *
     * <p>The caller makes one change at a time, and owns it: to be {@linkplain FleetChange#commit committed} or
     * {@linkplain FleetChange#abandon abandoned}.
     */
    public FleetChange plan(Topology next) {
        FleetState before = state;
        FleetAssembly assembly = new FleetAssembly(before, next, context);
        return new FleetChange(this, before, assembly.assemble(), assembly.changes());
    }

    /**
     * Calls the follower each time that upstreams or scopes have come or gone, or are another way, on the thread that
     * changes.
     */
    public void follow(Runnable follower) {
        followers.add(follower);
    }

    @Override
    public void close() {
        state.scopes().forEach(Scope::close);
    }

    /** What is gone is still found by its name until it is {@linkplain #forget forgotten}. */
    @SuppressWarnings("ReferenceEquality") // a state is replaced, never changed
    synchronized void become(FleetState before, FleetState next, List<Runnable> changes) {
        if (state != before) {
            throw new IllegalStateException("the fleet has changed since the change was planned");
        }
        changes.forEach(Runnable::run);
        leaving = before;
        state = next;
        followers.forEach(Runnable::run);
    }

    synchronized void forget() {
        FleetState before = leaving;
        leaving = null;
        if (before != null) {
            before.scopesNotIn(state).forEach(Scope::close);
        }
    }

    private <T> @Nullable T find(Function<FleetState, @Nullable T> what) {
        T found = what.apply(state);
        FleetState before = found == null ? leaving : null;
        return before == null ? found : what.apply(before);
    }
}
