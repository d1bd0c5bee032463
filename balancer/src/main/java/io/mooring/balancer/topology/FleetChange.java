package io.mooring.balancer.topology;

import io.mooring.balancer.session.Scope;
import java.util.List;
import java.util.Map;

/**
 * A fleet on its way from one topology to the next.
 *
 * <p>The way has two steps, so that no request finds its route's upstream gone: after {@link #commit} all that is new
 * is there, and what is gone is still found by those who were sent to it; after {@link #complete} it is not. Not for
 * concurrent use, nor on an event loop.
 */
public final class FleetChange {

    private final Fleet fleet;
    private final FleetState before;
    private final FleetState next;
    private final List<Runnable> changes;

    FleetChange(Fleet fleet, FleetState before, FleetState next, List<Runnable> changes) {
        this.fleet = fleet;
        this.before = before;
        this.next = next;
        this.changes = changes;
    }

    /**
     * The scopes that will decide for a listener, as {@link Fleet#listenerScopes} has them; they may be used already.
     */
    public Map<String, Scope> listenerScopes(String listener) {
        return next.listenerScopes(listener);
    }

    /**
     * Has the next topology serve. Each decision is made by one state of its upstream and one policy.
     *
     * @throws IllegalStateException when the fleet has become another since this was planned; then nothing is changed
     */
    public void commit() {
        fleet.become(before, next, changes);
    }

    /** Lets go of what is not in the next topology. */
    public void complete() {
        fleet.forget();
    }

    /** Lets go of what was made for the next topology, in place of {@link #commit}. */
    public void abandon() {
        next.scopesNotIn(before).forEach(Scope::close);
    }
}
