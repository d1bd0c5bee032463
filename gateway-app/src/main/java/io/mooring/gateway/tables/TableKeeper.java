package io.mooring.gateway.tables;

import io.mooring.balancer.session.RestoreReport;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.session.SessionDirectory;
import io.mooring.balancer.session.UnusableTableException;
import io.mooring.balancer.topology.Fleet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Keeps the source tables over a restart: takes them over before anything is served, saves them while the program runs,
 * and once more when nothing is served any longer.
 *
 * <p>Everything but the taking over is done by one thread of its own. Whatever goes wrong is said and counted, and
 * keeps the gateway neither from starting nor from serving.
 */
public final class TableKeeper implements SmartLifecycle {

    /** Where the tables are, in the data directory. */
    static final String DIRECTORY = "sessions";

    private static final Logger LOG = LoggerFactory.getLogger(TableKeeper.class);

    private final Fleet fleet;
    private final Path directory;
    private final Duration interval;
    private final Map<ScopeId, Tally> tallies = new ConcurrentHashMap<>();
    private volatile @Nullable ScheduledExecutorService thread;

    /**
     * Keeps the tables of the fleet's scopes.
     *
     * @param dataDir need not exist yet
     * @param interval between two savings; zero keeps nothing
     */
    public TableKeeper(Fleet fleet, Path dataDir, Duration interval) {
        this.fleet = fleet;
        this.directory = dataDir.resolve(DIRECTORY);
        this.interval = interval;
    }

    /** How often the scope's table was saved. */
    public long saved(ScopeId scope) {
        return tally(scope).saved.sum();
    }

    /** How often the scope's table could not be saved. */
    public long failed(ScopeId scope) {
        return tally(scope).failed.sum();
    }

    @Override
    public void start() {
        if (interval.isZero()) {
            return;
        }
        TableFile.sweep(directory);
        fleet.scopes().forEach(scope -> scope.directory().ifPresent(sessions -> restore(scope.id(), sessions)));
        ScheduledExecutorService saving = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread created = new Thread(task, "mooring-tables");
            created.setDaemon(true);
            return created;
        });
        var unused = saving.scheduleWithFixedDelay(
                this::saveAll, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
        thread = saving;
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public void stop(Runnable callback) {
        ScheduledExecutorService saving = thread;
        thread = null;
        if (saving == null) {
            callback.run();
            return;
        }
        saving.execute(() -> {
            saveAll();
            callback.run();
        });
        saving.shutdown();
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    /** Starts before all that serves, and so stops after it. */
    @Override
    public int getPhase() {
        return WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1_024;
    }

    /**
     * Saves the table that a scope has by now and waits for it, so that what was ended stays so after a crash. Not for
     * event loops, nor for who keeps others waiting.
     *
     * @return whether no saved table says otherwise now: it was saved, or nothing is kept over a restart
     */
    public boolean saveNow(ScopeId scope) {
        ScheduledExecutorService saving = thread;
        if (saving == null) {
            return true;
        }
        try {
            return saving.submit(() -> saveOne(scope)).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | RejectedExecutionException e) {
            LOG.warn("{}: its source table could not be saved at once: {}", scope, e.toString());
            return false;
        }
    }

    /** A scope that has no table any more leaves the one that it had. */
    private boolean saveOne(ScopeId id) {
        return fleet.scopes().stream()
                .filter(scope -> scope.id().equals(id))
                .findFirst()
                .flatMap(Scope::directory)
                .map(sessions -> save(id, sessions))
                .orElse(false);
    }

    private void saveAll() {
        for (Scope scope : fleet.scopes()) {
            scope.directory().ifPresent(sessions -> {
                var unused = save(scope.id(), sessions);
            });
        }
    }

    private boolean save(ScopeId scope, SessionDirectory sessions) {
        Tally tally = tally(scope);
        TableFile file = tally.file;
        try {
            file.save(sessions);
            tally.saved.increment();
            if (tally.isFailing) {
                LOG.info("{}: its source table is saved again", scope);
            }
            tally.isFailing = false;
            return true;
        } catch (IOException | RuntimeException e) {
            tally.failed.increment();
            if (!tally.isFailing) {
                LOG.warn(
                        "{}: its source table cannot be saved to {}: {} (said once until it can)",
                        scope,
                        file.path(),
                        e.toString());
            }
            tally.isFailing = true;
            return false;
        }
    }

    private static void restore(TableFile file, ScopeId scope, SessionDirectory sessions) throws IOException {
        RestoreReport report = file.restore(sessions).orElse(null);
        if (report != null) {
            LOG.info(
                    "{}: {} sessions go on, {} are over, {} found no room",
                    scope,
                    report.restored(),
                    report.ended(),
                    report.dropped());
        }
    }

    private void restore(ScopeId scope, SessionDirectory sessions) {
        TableFile file = tally(scope).file;
        try {
            restore(file, scope, sessions);
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "{}: its saved source table is not used, and will be replaced: {}: {}",
                    scope,
                    file.path(),
                    e instanceof UnusableTableException ? e.getMessage() : e.toString());
        }
    }

    private Tally tally(ScopeId scope) {
        return tallies.computeIfAbsent(scope, id -> new Tally(new TableFile(directory, id)));
    }

    /** What became of the savings of one scope's table. */
    private static final class Tally {

        private final TableFile file;
        private final LongAdder saved = new LongAdder();
        private final LongAdder failed = new LongAdder();

        /** Of the saving thread. */
        private boolean isFailing;

        private Tally(TableFile file) {
            this.file = file;
        }
    }
}
