package io.mooring.config;

import io.mooring.balancer.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * What a valid configuration and run-time changes say together.
 *
 * <p>A change that does not fit the configuration any more, as when its upstream is gone or it would make the whole
 * invalid, is set aside rather than the whole refused: the configuration is right by itself.
 *
 * @param topology what is to be in force
 * @param aside the changes that are without effect, each with the reasons
 */
public record EffectiveConfiguration(Topology topology, Map<ChangeTarget, List<String>> aside) {

    public EffectiveConfiguration {
        aside = Map.copyOf(aside);
    }

    /**
     * Puts changes over a configuration.
     *
     * @param environment the configuration
     * @param declared what it says by itself
     */
    public static EffectiveConfiguration of(
            ConfigurableEnvironment environment, Topology declared, RunTimeChanges changes) {
        if (changes.isEmpty()) {
            return new EffectiveConfiguration(declared, Map.of());
        }
        return new FittingChanges(environment, declared, changes).find();
    }

    /** What is to be said of the changes that are without effect, a line for each. */
    public List<String> warnings() {
        List<String> lines = new ArrayList<>();
        new TreeMap<>(aside)
                .forEach((target, why) -> lines.add("run-time change of " + Printable.of(target.toString())
                        + " is without effect: " + String.join("; ", why)));
        return lines;
    }
}
