package io.mooring.config;

import io.mooring.balancer.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Finds as many run-time changes as go with a configuration.
 *
 * <p>To look at a configuration takes long if it is large, and there may be a thousand changes. So all are tried at
 * once; those whose own keys are wrong are set aside, and the rest is tried; and if no change is wrong by itself, each
 * half.
 *
 * <p>To be used once, by one thread.
 */
final class FittingChanges {

    private final ConfigurableEnvironment environment;
    private final RunTimeChanges changes;
    private final Map<ChangeTarget, List<String>> refused = new TreeMap<>();
    private Map<ChangeTarget, List<String>> idle = Map.of();
    private RunTimeChanges accepted = RunTimeChanges.NONE;
    private Topology topology;

    /**
     * Changes that go over a configuration.
     *
     * @param declared what the configuration says by itself
     */
    FittingChanges(ConfigurableEnvironment environment, Topology declared, RunTimeChanges changes) {
        this.environment = environment;
        this.changes = changes;
        this.topology = declared;
    }

    EffectiveConfiguration find() {
        accept(List.copyOf(changes.all().keySet()));
        Map<ChangeTarget, List<String>> aside = new TreeMap<>(idle);
        aside.putAll(refused);
        return new EffectiveConfiguration(changes.adjust(topology), aside);
    }

    /** Accepts as many of these as go with those that are accepted already. */
    private void accept(List<ChangeTarget> targets) {
        List<ChangeTarget> rest = new ArrayList<>(targets);
        while (!rest.isEmpty()) {
            RunTimeChanges more = acceptedAnd(rest);
            ChangedEnvironment changed = new ChangedEnvironment(environment);
            Map<ChangeTarget, List<String>> without = new TreeMap<>();
            more.all()
                    .forEach((target, keys) ->
                            changed.add(target, keys).ifPresent(why -> without.put(target, List.of(why))));
            Inspection inspection = ConfigurationCheck.inspect(changed.changed());
            if (inspection.settings().isPresent()) {
                topology = inspection.settings().get().topology();
                accepted = more;
                idle = without;
                return;
            }
            if (rest.size() == 1) {
                refused.put(rest.get(0), lines(inspection.violations()));
                return;
            }
            if (!refuse(rest, changed, inspection)) {
                accept(rest.subList(0, rest.size() / 2));
                accept(rest.subList(rest.size() / 2, rest.size()));
                return;
            }
        }
    }

    /** Refuses those of which a key of their own is wrong, and tells whether there are any. */
    private boolean refuse(List<ChangeTarget> targets, ChangedEnvironment changed, Inspection inspection) {
        Map<ChangeTarget, List<String>> wrong = new TreeMap<>();
        for (Violation violation : inspection.violations()) {
            changed.authorOf(violation.property())
                    .ifPresent(target -> wrong.computeIfAbsent(target, each -> new ArrayList<>())
                            .add(violation.toString()));
        }
        // If one alone is wrong, the rest may well follow from it.
        wrong.replaceAll((target, own) -> wrong.size() == 1 ? lines(inspection.violations()) : own);
        wrong.keySet().retainAll(targets);
        refused.putAll(wrong);
        return targets.removeAll(wrong.keySet());
    }

    private RunTimeChanges acceptedAnd(List<ChangeTarget> targets) {
        TreeMap<ChangeTarget, Map<String, String>> more = new TreeMap<>(accepted.all());
        targets.forEach(target -> more.put(target, changes.of(target)));
        return new RunTimeChanges(more);
    }

    private static List<String> lines(List<Violation> violations) {
        return violations.stream().map(Violation::toString).toList();
    }
}
