package io.mooring.gateway.listeners;

import io.mooring.balancer.session.Scope;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.l4.BoundListener;
import io.mooring.l4.L4Listeners;
import io.mooring.l4.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Opens the layer 4 listeners when the program starts, and stops them when it ends: at the same time
 * as the HTTP server, each letting what is in flight finish.
 *
 * <p>A listener that cannot be opened keeps the program from starting, and those that were are closed.
 */
public final class ListenerLifecycle implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ListenerLifecycle.class);

    private final L4Listeners listeners;
    private final List<ListenerSpec> specs;
    private final Fleet fleet;
    private final Duration drain;
    private final List<BoundListener> bound = new CopyOnWriteArrayList<>();
    private volatile boolean running;

    /**
     * Listeners that are not open yet.
     *
     * @param shutdownTimeout how long the program waits for what stops together; nine tenths of it are for connections
     *     to end
     */
    public ListenerLifecycle(L4Listeners listeners, List<ListenerSpec> specs, Fleet fleet, Duration shutdownTimeout) {
        this.listeners = listeners;
        this.specs = List.copyOf(specs);
        this.fleet = fleet;
        this.drain = shutdownTimeout.multipliedBy(9).dividedBy(10);
    }

    /** The listeners, open or not. */
    public List<ListenerSpec> specs() {
        return specs;
    }

    /** The listeners that are open. */
    public List<BoundListener> bound() {
        return List.copyOf(bound);
    }

    /** How many connections or flows a listener has open. */
    public int open(ListenerSpec spec) {
        return of(spec).mapToInt(BoundListener::open).sum();
    }

    /** How many clients a listener has turned away for this reason. */
    public long refused(ListenerSpec spec, Refusal reason) {
        return of(spec).mapToLong(listener -> listener.refused(reason)).sum();
    }

    /** How many datagrams a listener has dropped. */
    public long droppedDatagrams(ListenerSpec spec) {
        return of(spec).mapToLong(BoundListener::droppedDatagrams).sum();
    }

    /** How many UDP flows of a listener gave way to new ones. */
    public long evictedFlows(ListenerSpec spec) {
        return of(spec).mapToLong(BoundListener::evictedFlows).sum();
    }

    @Override
    public void start() {
        try {
            specs.forEach(this::bind);
        } catch (RuntimeException e) {
            stopAll(Duration.ZERO).block();
            throw e;
        }
        running = true;
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        stopAll(drain).doFinally(signal -> callback.run()).subscribe();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
    }

    private Stream<BoundListener> of(ListenerSpec spec) {
        return bound.stream().filter(listener -> listener.spec().equals(spec));
    }

    private void bind(ListenerSpec spec) {
        Map<String, Scope> scopes = fleet.listenerScopes(spec.name());
        BoundListener listener =
                Objects.requireNonNull(listeners.bind(spec, scopes).block(), "a bound listener");
        bound.add(listener);
        LOG.info("listener {} is open: {} {}", spec.name(), spec.protocol().key(), listener.address());
    }

    private Mono<Void> stopAll(Duration deadline) {
        return Flux.fromIterable(bound)
                .flatMap(listener -> listener.stop(deadline).onErrorComplete(), Integer.MAX_VALUE)
                .then()
                .doFinally(signal -> bound.clear());
    }
}
