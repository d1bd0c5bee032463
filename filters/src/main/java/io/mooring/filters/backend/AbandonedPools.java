package io.mooring.filters.backend;

import io.mooring.balancer.topology.Fleet;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import reactor.core.scheduler.Scheduler;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.AddressUtils;

/**
 * Closes the connections that are kept to addresses at which no backend of the fleet is any more. Reactor Netty has a
 * pool for each address that was ever asked, and lets go of none by itself.
 *
 * <p>A pool goes some time after its last backend, so that whoever was sent there before has asked by then; what is
 * under way on its connections goes on, and each is closed when that is over. Safe for concurrent use.
 */
public final class AbandonedPools {

    private final Fleet fleet;
    private final ConnectionProvider connections;
    private final Duration grace;
    private final Scheduler timer;
    private Set<InetSocketAddress> known;

    private AbandonedPools(Fleet fleet, ConnectionProvider connections, Duration grace, Scheduler timer) {
        this.fleet = fleet;
        this.connections = connections;
        this.grace = grace;
        this.timer = timer;
        this.known = addresses();
    }

    /**
     * Begins to follow the fleet.
     *
     * @param grace how long after its last backend a pool goes
     * @param timer runs what does not block
     */
    public static void follow(Fleet fleet, ConnectionProvider connections, Duration grace, Scheduler timer) {
        fleet.follow(new AbandonedPools(fleet, connections, grace, timer)::look);
    }

    private synchronized void look() {
        Set<InetSocketAddress> now = addresses();
        for (InetSocketAddress address : known) {
            if (!now.contains(address)) {
                var unused = timer.schedule(() -> close(address), grace.toNanos(), TimeUnit.NANOSECONDS);
            }
        }
        known = now;
    }

    private void close(InetSocketAddress address) {
        if (!addresses().contains(address)) {
            connections.disposeWhen(address);
        }
    }

    /** As the client has them: a name is not resolved. */
    private Set<InetSocketAddress> addresses() {
        return fleet.topology().upstreams().stream()
                .flatMap(upstream -> upstream.backends().stream())
                .map(backend -> AddressUtils.createUnresolved(backend.host(), backend.port()))
                .collect(Collectors.toUnmodifiableSet());
    }
}
