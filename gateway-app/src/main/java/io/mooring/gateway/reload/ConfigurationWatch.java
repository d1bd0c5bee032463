package io.mooring.gateway.reload;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Has the configuration read again when its files have changed, and on SIGHUP. All of it is done by one thread of its
 * own.
 *
 * <p>A gateway that was configured by no file has nothing to watch, and SIGHUP ends it. Once the gateway stops, nobody
 * changes its configuration any more.
 */
public final class ConfigurationWatch implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationWatch.class);

    private final LiveConfiguration configuration;
    private final Duration interval;
    private @Nullable ScheduledExecutorService thread;
    private @Nullable HangUp hangUp;
    private boolean running;

    /**
     * A watch that does nothing yet.
     *
     * @param interval between two looks at the files; zero looks at none
     */
    public ConfigurationWatch(LiveConfiguration configuration, Duration interval) {
        this.configuration = configuration;
        this.interval = interval;
    }

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        running = true;
        Set<Path> files = configuration.files();
        if (!files.isEmpty()) {
            watch(files);
        }
    }

    /** Returns when nothing is being changed any more. */
    @Override
    public synchronized void stop() {
        if (!running) {
            return;
        }
        running = false;
        if (hangUp != null) {
            hangUp.close();
            hangUp = null;
        }
        if (thread != null) {
            thread.shutdown();
            thread = null;
        }
        configuration.close();
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }

    /** Starts after all that it may change, and stops before. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }

    private void watch(Set<Path> files) {
        ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread created = new Thread(task, "mooring-reload");
            created.setDaemon(true);
            // A signal's thread, which may be the one to ask for this, knows nothing of the program's jar.
            created.setContextClassLoader(ConfigurationWatch.class.getClassLoader());
            return created;
        });
        WatchedFiles watched = new WatchedFiles(files);
        if (!interval.isZero()) {
            var unused = looking.scheduleWithFixedDelay(
                    () -> look(watched), interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
        }
        hangUp = HangUp.handledBy(() -> {
            try {
                looking.execute(() -> reload(watched, "SIGHUP"));
            } catch (RejectedExecutionException e) {
                LOG.debug("the gateway stops", e);
            }
        });
        thread = looking;
    }

    private void look(WatchedFiles watched) {
        if (watched.haveChanged()) {
            reload(watched, "a file has changed");
        }
    }

    private void reload(WatchedFiles watched, String reason) {
        try {
            configuration.reload(reason);
            watched.become(configuration.files());
        } catch (RuntimeException e) {
            LOG.error("the configuration could not be read again", e);
        }
    }
}
