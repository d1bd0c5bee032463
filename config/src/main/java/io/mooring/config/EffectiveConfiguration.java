package io.mooring.config;

import io.mooring.balancer.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        Map<ChangeTarget, List<String>> aside = new TreeMap<>();
        Inspection all = inspect(environment, changes, aside);
        Optional<Topology> topology = all.settings().map(GatewaySettings::topology);
        if (topology.isEmpty()) {
            aside.clear();
            topology = Optional.of(oneByOne(environment, declared, changes, aside));
        }
        return new EffectiveConfiguration(changes.adjust(topology.get()), aside);
    }

    /** What is to be said of the changes that are without effect, a line for each. */
    public List<String> warnings() {
        List<String> lines = new ArrayList<>();
        new TreeMap<>(aside)
                .forEach((target, why) -> lines.add("run-time change of " + Printable.of(target.toString())
                        + " is without effect: " + String.join("; ", why)));
        return lines;
    }

    private static Inspection inspect(
            ConfigurableEnvironment environment, RunTimeChanges changes, Map<ChangeTarget, List<String>> aside) {
        ChangedEnvironment changed = new ChangedEnvironment(environment);
        changes.all()
                .forEach((target, keys) -> changed.add(target, keys).ifPresent(why -> aside.put(target, List.of(why))));
        return ConfigurationCheck.inspect(changed.changed());
    }

    /** With as many changes as there can be, in their order. */
    private static Topology oneByOne(
            ConfigurableEnvironment environment,
            Topology declared,
            RunTimeChanges changes,
            Map<ChangeTarget, List<String>> aside) {
        Topology topology = declared;
        RunTimeChanges accepted = RunTimeChanges.NONE;
        for (ChangeTarget target : changes.all().keySet()) {
            RunTimeChanges more = accepted.with(target, changes.of(target));
            Map<ChangeTarget, List<String>> without = new TreeMap<>();
            Inspection inspection = inspect(environment, more, without);
            if (inspection.settings().isPresent()) {
                topology = inspection.settings().get().topology();
                accepted = more;
                aside.putAll(without);
            } else {
                aside.put(
                        target,
                        inspection.violations().stream()
                                .map(Violation::toString)
                                .toList());
            }
        }
        return topology;
    }
}
