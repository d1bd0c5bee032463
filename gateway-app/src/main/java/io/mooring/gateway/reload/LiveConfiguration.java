package io.mooring.gateway.reload;

import io.mooring.balancer.session.Scope;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.topology.FleetChange;
import io.mooring.balancer.topology.Topology;
import io.mooring.config.ConfigurationChanges;
import io.mooring.config.ConfigurationCheck;
import io.mooring.config.ConfigurationFile;
import io.mooring.config.EffectiveConfiguration;
import io.mooring.config.Inspection;
import io.mooring.config.RunTimeChanges;
import io.mooring.config.UnreadableConfigurationException;
import io.mooring.config.Violation;
import io.mooring.discovery.Discovery;
import io.mooring.gateway.listeners.ListenerChange;
import io.mooring.gateway.listeners.ListenerLifecycle;
import io.mooring.l4.tls.TlsContexts;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The configuration that a gateway goes by, which may be replaced while it serves: whole, or not at all.
 *
 * <p>Safe for concurrent use; a change is made by one thread at a time, which must not be an event loop. What needs a
 * restart is said, and stays as it was at the start.
 */
public final class LiveConfiguration implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LiveConfiguration.class);

    private final ConfigurableEnvironment started;
    private final Fleet fleet;
    private final TlsContexts tls;
    private final GatewayRoutes routes;
    private final ListenerLifecycle listeners;
    private final Discovery discovery;
    private final KeptBeside revocations;
    private final InstantSource clock;
    private final ChangesFile kept;
    private final LongAdder applied = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private volatile Instant lastApplied;
    private volatile Set<Path> files;
    private volatile ChangesInForce changes;
    private ConfigurableEnvironment environment;
    private Topology configured;
    private boolean closed;

    /**
     * What the gateway was started with.
     *
     * @param started says so
     * @param changes what had been changed at run time
     * @param fleet is of it alone: no member has been found yet
     * @param discovery knows the members that are found
     * @param revocations what was ended of the sessions that clients carry
     * @param clock tells when it was changed
     */
    public LiveConfiguration(
            ConfigurableEnvironment started,
            StartedChanges changes,
            Fleet fleet,
            TlsContexts tls,
            GatewayRoutes routes,
            ListenerLifecycle listeners,
            Discovery discovery,
            KeptBeside revocations,
            InstantSource clock) {
        this.started = started;
        this.fleet = fleet;
        this.tls = tls;
        this.routes = routes;
        this.listeners = listeners;
        this.discovery = discovery;
        this.revocations = revocations;
        this.clock = clock;
        this.kept = changes.file();
        this.changes = new ChangesInForce(changes.changes(), changes.effective().aside(), changes.unreadable());
        this.environment = started;
        this.configured = fleet.topology();
        this.lastApplied = clock.instant();
        this.files = ConfigurationFile.filesOf(started);
    }

    /** The files that it was read from, and those that were refused since; none if it is not of files. */
    public Set<Path> files() {
        return files;
    }

    /** How often another configuration was put in force. */
    public long applied() {
        return applied.sum();
    }

    /** How often another configuration was refused. */
    public long refused() {
        return refused.sum();
    }

    /** Since when the configuration is in force. */
    public Instant lastApplied() {
        return lastApplied;
    }

    /**
     * Reads the files again and goes by what they say, or says everything that is wrong with it and stays as it is.
     *
     * @param reason why, for the log
     * @return whether it is in force
     */
    public synchronized boolean reload(String reason) {
        if (closed) {
            return false;
        }
        try {
            ConfigurationFile.Reading reading = ConfigurationFile.reread(started);
            watchAlso(reading.files());
            ConfigurableEnvironment next = reading.environment();
            Inspection inspection = ConfigurationCheck.inspect(next);
            if (inspection.settings().isEmpty()) {
                throw new RefusedChangeException(inspection.violations().stream()
                        .map(Violation::toString)
                        .toList());
            }
            RunTimeChanges over = kept.read();
            Consumer<Collection<Scope>> ended = revocations.reread();
            EffectiveConfiguration effective =
                    EffectiveConfiguration.of(next, inspection.settings().get().topology(), over);
            apply(next, effective.topology(), over, () -> {});
            kept.follow();
            ended.accept(fleet.scopes());
            environment = next;
            changes = new ChangesInForce(over, effective.aside(), Optional.empty());
            inspection.warnings().forEach(warning -> LOG.warn("{}", warning));
            effective.warnings().forEach(warning -> LOG.warn("{}", warning));
            files = reading.files();
            lastApplied = clock.instant();
            applied.increment();
            LOG.info("the configuration was read again ({}), and is in force", reason);
            warnOfRestart(ConfigurationChanges.between(started, next).needingRestart());
            return true;
        } catch (RefusedChangeException e) {
            refuse(reason, e.errors());
        } catch (UnreadableConfigurationException e) {
            watchAlso(e.files());
            refuse(reason, List.of(String.valueOf(e.getMessage())));
        } catch (UnreadableChangesException e) {
            refuse(reason, List.of(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            LOG.debug("the configuration was refused", e);
            refuse(
                    reason,
                    List.of(String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
        }
        return false;
    }

    /** What operators have changed at run time. */
    public ChangesInForce changes() {
        return changes;
    }

    /**
     * Makes a change that goes over the files: checked as they are, kept in the data directory, and in force when this
     * returns.
     *
     * @param edit makes the changes that are to be kept of those that are, and may throw to have nothing changed; no
     *     other change is made meanwhile
     * @throws RefusedChangeException when it would be wrong, with all reasons; then nothing is changed
     * @throws UnkeptChangeException when it cannot be kept; then nothing is changed
     * @throws RejectedExecutionException when the gateway stops; then nothing is changed
     */
    public synchronized void change(UnaryOperator<RunTimeChanges> edit) {
        requireOpen();
        changes.unreadable().ifPresent(why -> {
            throw new UnkeptChangeException(why);
        });
        RunTimeChanges next = edit.apply(changes.changes());
        if (!next.equals(changes.changes())) {
            replace(next);
        }
    }

    /** Forgets all changes, also those that cannot be read. */
    public synchronized void dropChanges(Consumer<ChangesInForce> check) {
        requireOpen();
        check.accept(changes);
        if (!changes.changes().isEmpty() || changes.unreadable().isPresent()) {
            replace(RunTimeChanges.NONE);
        }
    }

    /** Does something while no change is made. */
    public synchronized <T> T undisturbed(Supplier<T> something) {
        requireOpen();
        return something.get();
    }

    private void replace(RunTimeChanges next) {
        List<String> errors = new ArrayList<>(next.errors());
        if (!errors.isEmpty()) {
            throw new RefusedChangeException(errors);
        }
        Topology declared = ConfigurationCheck.inspect(environment).orThrow().topology();
        EffectiveConfiguration effective = EffectiveConfiguration.of(environment, declared, next);
        new TreeMap<>(effective.aside()).forEach((target, why) -> {
            boolean sameAsBefore = next.of(target).equals(changes.changes().of(target));
            if (!sameAsBefore || !changes.aside().containsKey(target)) {
                errors.addAll(why);
            }
        });
        if (!errors.isEmpty()) {
            throw new RefusedChangeException(errors);
        }
        // It opens no port, so there is nothing to close if it cannot be kept.
        apply(environment, effective.topology(), next, () -> kept.write(next));
        changes = new ChangesInForce(next, effective.aside(), Optional.empty());
        lastApplied = clock.instant();
    }

    private void requireOpen() {
        if (closed) {
            throw new RejectedExecutionException("the gateway stops");
        }
    }

    /**
     * Has the upstreams have the members that are known now. All else stays, and so do upstreams and scopes; if the
     * members are the same, nothing is changed.
     */
    public synchronized void completeMembers() {
        Topology next = changes.changes().adjust(discovery.complete(configured));
        if (!closed && !next.equals(fleet.topology())) {
            FleetChange change = fleet.plan(next);
            change.commit();
            change.complete();
        }
    }

    /** Waits for a change that is being made, and makes no other. */
    @Override
    public synchronized void close() {
        closed = true;
    }

    /**
     * Nothing that can fail comes after the first step that clients see.
     *
     * @param over the run-time changes, which hold for members that are found as well
     * @param keep the last thing that may fail
     */
    private void apply(ConfigurableEnvironment environment, Topology declared, RunTimeChanges over, Runnable keep) {
        Topology before = fleet.topology();
        Topology next = over.adjust(discovery.complete(declared));
        FleetChange change = fleet.plan(next);
        Runnable newRoutes;
        ListenerChange ports;
        try {
            newRoutes = routes.plan(environment);
            tls.plan(next).run();
            ports = listeners.plan(next.listeners(), change);
            keep.run();
        } catch (RuntimeException e) {
            change.abandon();
            tls.plan(before).run();
            throw e;
        }
        change.commit();
        configured = declared;
        newRoutes.run();
        ports.commit();
        change.complete();
    }

    /** What is refused may be mended in any of its files. */
    private void watchAlso(Set<Path> others) {
        Set<Path> all = new LinkedHashSet<>(files);
        all.addAll(others);
        files = Set.copyOf(all);
    }

    private void refuse(String reason, List<String> errors) {
        refused.increment();
        errors.forEach(error -> LOG.error("{}", error));
        LOG.error(
                "the configuration was read again ({}) and refused: {} to mend; the one before stays in force",
                reason,
                errors.size());
    }

    private static void warnOfRestart(Set<String> properties) {
        if (!properties.isEmpty()) {
            LOG.warn("these take effect only after a restart: {}", String.join(", ", properties));
        }
    }
}
