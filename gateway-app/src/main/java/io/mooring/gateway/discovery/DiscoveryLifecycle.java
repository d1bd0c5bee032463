package io.mooring.gateway.discovery;

import io.mooring.balancer.topology.DiscoverySpec;
import io.mooring.balancer.topology.Fleet;
import io.mooring.discovery.Discovery;
import io.mooring.gateway.reload.LiveConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Has members looked for from before the first port is open until after the last is closed. The start waits until each
 * upstream has been answered once or its timeout is over, so that the first client finds somebody to serve it; it does
 * not wait for anything, nor have a thread, if no upstream has members to be found.
 */
public final class DiscoveryLifecycle implements SmartLifecycle {

    private final Discovery discovery;
    private final LiveConfiguration configuration;
    private final Fleet fleet;
    private final ConfigurableApplicationContext events;
    private boolean listening;
    private volatile boolean running;

    /**
     * A lifecycle for this discovery, which it starts and closes.
     *
     * @param configuration is told of what was found
     * @param events tells when a registry has changed
     */
    public DiscoveryLifecycle(
            Discovery discovery, LiveConfiguration configuration, Fleet fleet, ConfigurableApplicationContext events) {
        this.discovery = discovery;
        this.configuration = configuration;
        this.fleet = fleet;
        this.events = events;
    }

    @Override
    public void start() {
        running = true;
        fleet.follow(this::listen);
        listen();
        discovery.start(configuration::completeMembers);
        try {
            discovery.awaitFirstAnswers();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void stop() {
        running = false;
        discovery.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before health is watched, so that the first members are taken for those of the start. */
    @Override
    public int getPhase() {
        return WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 2;
    }

    /** Clients of registries say so when one has changed; without an upstream that would ask, nobody listens. */
    private synchronized void listen() {
        boolean asked = fleet.topology().upstreams().stream()
                .flatMap(upstream -> upstream.discovery().stream())
                .anyMatch(how -> how.source() instanceof DiscoverySpec.Source.Registry);
        if (asked && !listening) {
            listening = true;
            events.addApplicationListener(new RegistryChanges(discovery));
        }
    }

    /** A class, for Spring does not know of a lambda which events it is for. */
    private record RegistryChanges(Discovery discovery) implements ApplicationListener<HeartbeatEvent> {
        @Override
        public void onApplicationEvent(HeartbeatEvent event) {
            discovery.askRegistries();
        }
    }
}
