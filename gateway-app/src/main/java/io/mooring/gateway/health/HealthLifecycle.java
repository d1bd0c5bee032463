package io.mooring.gateway.health;

import io.mooring.health.HealthMonitor;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Watches the backends' health from before the first port is open until after the last is closed. Nothing waits for it:
 * until they were probed, backends serve, so a start takes no longer than without it.
 */
public final class HealthLifecycle implements SmartLifecycle {

    private final HealthMonitor monitor;
    private volatile boolean running;

    /** A lifecycle for this monitor, which it starts and closes. */
    public HealthLifecycle(HealthMonitor monitor) {
        this.monitor = monitor;
    }

    @Override
    public void start() {
        monitor.start();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        monitor.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1;
    }
}
