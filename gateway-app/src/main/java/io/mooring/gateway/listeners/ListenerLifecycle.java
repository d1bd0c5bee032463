package io.mooring.gateway.listeners;

import io.mooring.balancer.reschedule.RescheduleReason;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.topology.FleetChange;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.l4.BoundListener;
import io.mooring.l4.L4Listeners;
import io.mooring.l4.Refusal;
import java.time.Duration;
import java.util.ArrayList;
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
import reactor.netty.ChannelBindException;

/**
 * Opens the layer 4 listeners when the program starts, and stops them when it ends: at the same time
 * as the HTTP server, each letting what is in flight finish.
 *
 * <p>A listener that cannot be opened keeps the program from starting, and those that were are closed.
 */
public final class ListenerLifecycle implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ListenerLifecycle.class);

    private final L4Listeners listeners;
    private final Fleet fleet;
    private final Duration drain;
    private final List<BoundListener> bound = new CopyOnWriteArrayList<>();
    private final List<BoundListener> leaving = new CopyOnWriteArrayList<>();
    private volatile boolean running;

    /**
     * The fleet's listeners, not open yet.
     *
     * @param shutdownTimeout how long the program waits for what stops together; nine tenths of it are for connections
     *     to end
     */
    public ListenerLifecycle(L4Listeners listeners, Fleet fleet, Duration shutdownTimeout) {
        this.listeners = listeners;
        this.fleet = fleet;
        this.drain = shutdownTimeout.multipliedBy(9).dividedBy(10);
    }

    /** The listeners that are open. */
    public List<BoundListener> bound() {
        return List.copyOf(bound);
    }

    /** How many connections or flows a listener has open. */
    public int open(String name) {
        return of(name).mapToInt(BoundListener::open).sum();
    }

    /** How many clients a listener has turned away for this reason. */
    public long refused(String name, Refusal reason) {
        return of(name).mapToLong(listener -> listener.refused(reason)).sum();
    }

    /** How many connections or flows a listener has broken off for this reason. */
    public long rescheduled(String name, RescheduleReason reason) {
        return of(name).mapToLong(listener -> listener.rescheduled(reason)).sum();
    }

    /** How many datagrams a listener has dropped. */
    public long droppedDatagrams(String name) {
        return of(name).mapToLong(BoundListener::droppedDatagrams).sum();
    }

    /** How many UDP flows of a listener gave way to new ones. */
    public long evictedFlows(String name) {
        return of(name).mapToLong(BoundListener::evictedFlows).sum();
    }

    @Override
    public void start() {
        try {
            fleet.topology().listeners().forEach(spec -> bound.add(open(spec, fleet.listenerScopes(spec.name()))));
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

    /**
     * Prepares to have these listeners open, and no others: opens those whose ports are not open yet.
     *
     * @param fleet the fleet on its way to where they lead
     * @return keeps those that stay as they are open, with all their clients, and stops those that go once their
     *     clients have left, or at the drain limit
     * @throws IllegalArgumentException when a port cannot be had; then none was opened
     */
    public ListenerChange plan(List<ListenerSpec> next, FleetChange fleet) {
        List<BoundListener> opened = new ArrayList<>();
        List<BoundListener> kept = new ArrayList<>();
        List<Runnable> changes = new ArrayList<>();
        try {
            for (ListenerSpec spec : next) {
                Map<String, Scope> scopes = fleet.listenerScopes(spec.name());
                BoundListener open = bound.stream()
                        .filter(listener -> spec.opensAs(listener.spec()))
                        .findFirst()
                        .orElse(null);
                if (open == null) {
                    opened.add(openAnew(spec, scopes));
                } else {
                    kept.add(open);
                    changes.add(listeners.plan(open, spec.openedAs(open.spec()), scopes));
                }
            }
        } catch (RuntimeException e) {
            stop(opened, Duration.ZERO).block();
            throw e;
        }
        return () -> {
            changes.forEach(Runnable::run);
            replace(opened, kept);
        };
    }

    private void replace(List<BoundListener> opened, List<BoundListener> kept) {
        List<BoundListener> gone =
                bound.stream().filter(listener -> !kept.contains(listener)).toList();
        leaving.addAll(gone);
        bound.removeAll(gone);
        bound.addAll(opened);
        for (BoundListener listener : gone) {
            LOG.info("listener {} is closing: {}", listener.spec().name(), listener.address());
            listener.stop(drain)
                    .onErrorComplete()
                    .doFinally(signal -> leaving.remove(listener))
                    .subscribe();
        }
    }

    private Stream<BoundListener> of(String name) {
        return Stream.concat(bound.stream(), leaving.stream())
                .filter(listener -> listener.spec().name().equals(name));
    }

    private BoundListener openAnew(ListenerSpec spec, Map<String, Scope> scopes) {
        try {
            return open(spec, scopes);
        } catch (ChannelBindException e) {
            throw new IllegalArgumentException(
                    "mooring.listeners." + spec.name() + ".port: " + spec.port() + " (expected: a port that is free)",
                    e);
        }
    }

    private BoundListener open(ListenerSpec spec, Map<String, Scope> scopes) {
        BoundListener listener =
                Objects.requireNonNull(listeners.bind(spec, scopes).block(), "a bound listener");
        LOG.info("listener {} is open: {} {}", spec.name(), spec.protocol().key(), listener.address());
        return listener;
    }

    private Mono<Void> stopAll(Duration deadline) {
        return stop(Stream.concat(bound.stream(), leaving.stream()).toList(), deadline)
                .doFinally(signal -> bound.clear());
    }

    private static Mono<Void> stop(List<BoundListener> some, Duration deadline) {
        return Flux.fromIterable(some)
                .flatMap(listener -> listener.stop(deadline).onErrorComplete(), Integer.MAX_VALUE)
                .then();
    }
}
