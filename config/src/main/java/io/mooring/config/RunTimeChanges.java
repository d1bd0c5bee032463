package io.mooring.config;

import io.mooring.balancer.topology.Topology;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.AdminState;
import io.mooring.balancer.upstream.Backend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What operators have changed while the gateway ran: for each thing the keys that are otherwise than its configuration
 * says, as in {@code persistence.idle-timeout}, with their values. Immutable.
 *
 * <p>Backends have {@code weight} and {@code state}; {@code address} if they were added, and {@code removed} if they
 * are not to be there.
 *
 * @param all by what they are about, sorted; none without a key
 */
public record RunTimeChanges(SortedMap<ChangeTarget, Map<String, String>> all) {

    /** No change. */
    public static final RunTimeChanges NONE = new RunTimeChanges(new TreeMap<>());

    /** How many things can be changed at most. */
    public static final int MAX_TARGETS = 1_000;

    /** A backend's address; that of one that was added. */
    public static final String ADDRESS = "address";

    /** A backend's weight. */
    public static final String WEIGHT = "weight";

    /** What the operator wants of a backend. */
    public static final String STATE = "state";

    /** Whether a backend is not to be there, which is {@code true} where it stands. */
    public static final String REMOVED = "removed";

    /** The keys of what decides for clients. */
    public static final Set<String> POLICY_KEYS = Set.of(
            "balancing",
            "persistence.type",
            "persistence.idle-timeout",
            "persistence.absolute-timeout",
            "persistence.strict");

    private static final Set<String> BACKEND_KEYS = Set.of(ADDRESS, WEIGHT, STATE, REMOVED);

    public RunTimeChanges {
        TreeMap<ChangeTarget, Map<String, String>> copy = new TreeMap<>();
        all.forEach((target, keys) -> {
            if (!keys.isEmpty()) {
                copy.put(target, Collections.unmodifiableSortedMap(new TreeMap<>(keys)));
            }
        });
        all = Collections.unmodifiableSortedMap(copy);
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return all.isEmpty();
    }

    /** What was changed of one thing. */
    public Map<String, String> of(ChangeTarget target) {
        return all.getOrDefault(target, Map.of());
    }

    /** With these keys, and no others, for one thing; with none, it is as its configuration says. */
    public RunTimeChanges with(ChangeTarget target, Map<String, String> keys) {
        TreeMap<ChangeTarget, Map<String, String>> next = new TreeMap<>(all);
        next.put(target, keys);
        return new RunTimeChanges(next);
    }

    /** The same topology with the weights and states that backends have by these changes. */
    public Topology adjust(Topology topology) {
        boolean none = all.keySet().stream().allMatch(ChangeTarget::isPolicy);
        return none ? topology : topology.withUpstreams(this::adjust);
    }

    /** Everything that is wrong with the keys by themselves, each as a line. */
    public List<String> errors() {
        List<String> errors = new ArrayList<>();
        if (all.size() > MAX_TARGETS) {
            errors.add("changes: " + all.size() + " (expected: " + MAX_TARGETS + " or fewer)");
        }
        all.forEach((target, keys) -> keys.forEach((key, value) -> error(target, key, value)
                .ifPresent(expected -> errors.add(
                        Printable.of(target + "/" + key + ": " + value + " (expected: " + expected + ")")))));
        all.entrySet().stream()
                .filter(change -> change.getValue().containsKey(ADDRESS))
                .flatMap(change -> change.getKey().backend().stream())
                .filter(id -> !UpstreamCheck.PLAIN_NAME.matcher(id).matches())
                .forEach(id -> errors.add(Printable.of(
                        "backends/" + id + ": a name (expected: letters, digits, \".\", \"_\", \":\" and \"-\")")));
        return errors;
    }

    /** What one key of a thing may be, if it is something else. */
    static Optional<String> error(ChangeTarget target, String key, String value) {
        Set<String> known = target.isPolicy() ? POLICY_KEYS : BACKEND_KEYS;
        if (!known.contains(key)) {
            return Optional.of(ExpectedValue.oneOf(known.stream().sorted().toList()));
        }
        if (value.contains("${")) {
            return Optional.of("a value without a placeholder");
        }
        return switch (key) {
            case ADDRESS ->
                HostPort.parse(value).isPresent()
                        ? Optional.empty()
                        : Optional.of("host:port or [IPv6]:port, with a port of 1-65535");
            case WEIGHT -> weight(value).isPresent() ? Optional.empty() : Optional.of("0-" + Backend.MAX_WEIGHT);
            case STATE ->
                state(value).isPresent()
                        ? Optional.empty()
                        : Optional.of(ExpectedValue.oneOf(Arrays.stream(AdminState.values())
                                .map(AdminState::key)
                                .toList()));
            case REMOVED -> "true".equals(value) ? Optional.empty() : Optional.of("true");
            default -> Optional.empty();
        };
    }

    private UpstreamSpec adjust(UpstreamSpec upstream) {
        return upstream.withBackends(upstream.backends().stream()
                .map(backend -> adjust(backend, of(ChangeTarget.backend(upstream.name(), backend.id()))))
                .toList());
    }

    private static Backend adjust(Backend backend, Map<String, String> keys) {
        if (keys.isEmpty()) {
            return backend;
        }
        return new Backend(
                backend.id(),
                backend.host(),
                backend.port(),
                Optional.ofNullable(keys.get(WEIGHT))
                        .flatMap(RunTimeChanges::weight)
                        .orElse(backend.weight()),
                Optional.ofNullable(keys.get(STATE))
                        .flatMap(RunTimeChanges::state)
                        .orElse(backend.admin()));
    }

    private static Optional<Integer> weight(String text) {
        return text.matches("[0-9]{1,3}")
                ? Optional.of(Integer.valueOf(text)).filter(weight -> weight <= Backend.MAX_WEIGHT)
                : Optional.empty();
    }

    private static Optional<AdminState> state(String text) {
        return Arrays.stream(AdminState.values())
                .filter(state -> state.key().equals(text))
                .findFirst();
    }
}
