package io.mooring.gateway.reload;

import io.mooring.config.EffectiveConfiguration;
import io.mooring.config.GatewaySettings;
import io.mooring.config.RunTimeChanges;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The run-time changes that a gateway starts with.
 *
 * @param file keeps them
 * @param changes what they are
 * @param effective what is in force by them
 * @param unreadable why they could not be read, if so; then none is in force, and none can be made
 */
public record StartedChanges(
        ChangesFile file, RunTimeChanges changes, EffectiveConfiguration effective, Optional<String> unreadable) {

    private static final Logger LOG = LoggerFactory.getLogger(StartedChanges.class);

    /**
     * Reads the changes that go over a configuration, and says what cannot be in force. Whatever is wrong with them
     * does not keep the gateway from starting.
     */
    public static StartedChanges over(ConfigurableEnvironment environment, GatewaySettings settings) {
        ChangesFile file = new ChangesFile(settings.dataDir());
        file.sweep();
        RunTimeChanges changes = RunTimeChanges.NONE;
        Optional<String> unreadable = Optional.empty();
        try {
            changes = file.read();
        } catch (UnreadableChangesException e) {
            unreadable = Optional.of(String.valueOf(e.getMessage()));
            LOG.error("run-time changes are not in force, and none can be made: {}", e.getMessage());
        }
        file.follow();
        EffectiveConfiguration effective = EffectiveConfiguration.of(environment, settings.topology(), changes);
        effective.warnings().forEach(warning -> LOG.warn("{}", warning));
        if (!changes.isEmpty()) {
            LOG.info(
                    "{} run-time changes go over the configuration",
                    changes.all().size());
        }
        return new StartedChanges(file, changes, effective, unreadable);
    }
}
