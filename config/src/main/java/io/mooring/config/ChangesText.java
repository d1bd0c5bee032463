package io.mooring.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.representer.Representer;

/** Run-time changes as YAML that an operator can read, and write. */
public final class ChangesText {

    private static final String HEADER = """
            # What operators have changed while the gateway ran. It goes over the configuration, at each start
            # and whenever that is read again. The admin API writes this file, and shows and drops what is in it.
            """;

    private static final String PERSISTENCE = "persistence";
    private static final String BACKENDS = "backends";

    private ChangesText() {}

    /** The changes as text. */
    public static String write(RunTimeChanges changes) {
        Map<String, Object> root = new LinkedHashMap<>();
        changes.all().forEach((target, keys) -> {
            Map<String, Object> thing = below(below(root, target.kind().key()), target.name());
            Map<String, Object> own = target.backend()
                    .map(id -> below(below(thing, BACKENDS), id))
                    .orElse(thing);
            keys.forEach((key, value) -> {
                int dot = key.indexOf('.');
                Map<String, Object> block = dot < 0 ? own : below(own, key.substring(0, dot));
                block.put(key.substring(dot + 1), plain(key, value));
            });
        });
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        return HEADER + (root.isEmpty() ? "" : new Yaml(new Representer(options), options).dump(root));
    }

    /**
     * The changes of a text.
     *
     * @param name what it is called in the error
     * @throws UnreadableConfigurationException with everything that is wrong with it
     */
    public static RunTimeChanges read(String name, String text) {
        Object root;
        try {
            LoaderOptions options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            // How long a text may be is for the one who read it to say.
            options.setCodePointLimit(Integer.MAX_VALUE);
            root = new Yaml(new SafeConstructor(options)).load(text);
        } catch (YAMLException e) {
            String at = e instanceof MarkedYAMLException marked && marked.getProblemMark() != null
                    ? ":" + (marked.getProblemMark().getLine() + 1)
                    : "";
            throw new UnreadableConfigurationException(name + at + ": no YAML (expected: YAML)", e);
        }
        List<String> errors = new ArrayList<>();
        Map<ChangeTarget, Map<String, String>> all = new TreeMap<>();
        mapping("changes", root, errors)
                .forEach((kind, things) -> mapping(kind, things, errors)
                        .forEach((thing, keys) ->
                                read(kind, thing, mapping(kind + "/" + thing, keys, errors), all, errors)));
        RunTimeChanges changes = new RunTimeChanges(new TreeMap<>(all));
        errors.addAll(changes.errors());
        if (!errors.isEmpty()) {
            throw new UnreadableConfigurationException(name + ": " + String.join("; ", errors));
        }
        return changes;
    }

    private static void read(
            String kind,
            String name,
            Map<String, @Nullable Object> block,
            Map<ChangeTarget, Map<String, String>> all,
            List<String> errors) {
        Optional<ChangeTarget> target = switch (kind) {
            case "upstreams" -> Optional.of(ChangeTarget.upstream(name));
            case "routes" -> Optional.of(ChangeTarget.route(name));
            case "listeners" -> Optional.of(ChangeTarget.listener(name));
            default -> Optional.empty();
        };
        if (target.isEmpty()) {
            errors.add(kind + ": a block (expected: upstreams, routes or listeners)");
            return;
        }
        Map<String, @Nullable Object> own = new LinkedHashMap<>(block);
        if (target.get().kind() == ChangeTarget.Kind.UPSTREAM && own.containsKey(BACKENDS)) {
            String at = target.get() + "/" + BACKENDS;
            mapping(at, own.remove(BACKENDS), errors)
                    .forEach((id, keys) -> all.put(
                            ChangeTarget.backend(name, id),
                            keys(at + "/" + id, "", mapping(at + "/" + id, keys, errors), errors)));
        }
        Map<String, String> keys = new TreeMap<>();
        if (own.containsKey(PERSISTENCE)) {
            String at = target.get() + "/" + PERSISTENCE;
            keys.putAll(keys(at, PERSISTENCE + ".", mapping(at, own.remove(PERSISTENCE), errors), errors));
        }
        keys.putAll(keys(target.get().toString(), "", own, errors));
        all.put(target.get(), keys);
    }

    private static Map<String, String> keys(
            String at, String prefix, Map<String, @Nullable Object> block, List<String> errors) {
        Map<String, String> keys = new TreeMap<>();
        block.forEach((key, value) -> {
            if (value instanceof String || value instanceof Number || value instanceof Boolean) {
                keys.put(prefix + key, value.toString());
            } else {
                errors.add(at + "/" + key + ": no plain value (expected: a text, a number, true or false)");
            }
        });
        return keys;
    }

    private static Map<String, @Nullable Object> mapping(String at, @Nullable Object value, List<String> errors) {
        Map<String, @Nullable Object> mapping = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> entries) {
            entries.forEach((key, entry) -> mapping.put(String.valueOf(key), entry));
        } else if (value != null) {
            errors.add(at + ": no block (expected: a block of keys)");
        }
        return mapping;
    }

    @SuppressWarnings("unchecked") // it was put there here
    private static Map<String, Object> below(Map<String, Object> parent, String key) {
        return (Map<String, Object>) parent.computeIfAbsent(key, name -> new LinkedHashMap<String, Object>());
    }

    private static Object plain(String key, String value) {
        return switch (key) {
            case RunTimeChanges.WEIGHT -> Integer.valueOf(value);
            case RunTimeChanges.REMOVED, "persistence.strict" ->
                "true".equals(value) || "false".equals(value) ? Boolean.valueOf(value) : value;
            default -> value;
        };
    }
}
