package io.mooring.config;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Puts run-time changes over an environment, which stays as it is: some properties are added before all others, and
 * some are left out wherever they come from, but for environment variables.
 *
 * <p>To be used once, by one thread.
 */
final class ChangedEnvironment {

    private final ConfigurableEnvironment environment;
    private final PropertyTree tree;
    private final Map<String, Object> added = new LinkedHashMap<>();
    private final Map<String, ChangeTarget> authors = new HashMap<>();
    private final Map<ConfigurationPropertyName, Map<String, ConfigurationPropertyName>> children = new HashMap<>();
    private final Map<ConfigurationPropertyName, Set<ConfigurationPropertyName>> declared = new HashMap<>();
    private @Nullable Map<String, ConfigurationPropertyName> routes;
    private final Set<ConfigurationPropertyName> leftOut = new LinkedHashSet<>();

    ChangedEnvironment(ConfigurableEnvironment environment) {
        this.environment = environment;
        this.tree = new PropertyTree(environment);
    }

    /**
     * Has a change take part.
     *
     * @return why it has nothing to do, if so
     */
    Optional<String> add(ChangeTarget target, Map<String, String> keys) {
        return switch (target.kind()) {
            case UPSTREAM -> addPolicy(target, child(PropertyNames.UPSTREAMS, target.name()), keys);
            case LISTENER -> addPolicy(target, child(PropertyNames.LISTENERS, target.name()), keys);
            case ROUTE -> addRoute(target, keys);
            case BACKEND -> addBackend(target, keys);
        };
    }

    /** What the change is of that has made a property what it is. */
    Optional<ChangeTarget> authorOf(String property) {
        return Optional.ofNullable(authors.get(property));
    }

    /** The environment with all changes that take part. */
    ConfigurableEnvironment changed() {
        StandardEnvironment changed = new StandardEnvironment();
        MutablePropertySources sources = changed.getPropertySources();
        sources.stream().toList().forEach(source -> sources.remove(source.getName()));
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (!ConfigurationPropertySources.isAttachedConfigurationPropertySource(source)) {
                sources.addLast(without(source));
            }
        }
        sources.addFirst(new MapPropertySource("run-time changes", added));
        return changed;
    }

    private Optional<String> addPolicy(
            ChangeTarget target, Optional<ConfigurationPropertyName> at, Map<String, String> keys) {
        if (at.isEmpty()) {
            return Optional.of("the configuration has none of this name");
        }
        put(target, at.get(), keys);
        return Optional.empty();
    }

    private Optional<String> addRoute(ChangeTarget target, Map<String, String> keys) {
        if (routes == null) {
            routes = addRoutes();
        }
        ConfigurationPropertyName at = routes.get(target.name());
        if (at == null) {
            return Optional.of("the configuration has no route of this id, but in the short form");
        }
        put(target, at.append("metadata"), keys);
        return Optional.empty();
    }

    /** A list comes as a whole from one source. */
    private Map<String, ConfigurationPropertyName> addRoutes() {
        tree.values(PropertyNames.ROUTES).forEach((name, value) -> added.put(name.toString(), value));
        Map<String, ConfigurationPropertyName> byId = new HashMap<>();
        for (ConfigurationPropertyName route : tree.elements(PropertyNames.ROUTES)) {
            ConfigurationPropertyName id = route.append("id");
            if (tree.contains(id)) {
                byId.putIfAbsent(tree.text(id), route);
            }
        }
        return byId;
    }

    private void put(ChangeTarget target, ConfigurationPropertyName at, Map<String, String> keys) {
        ConfigurationPropertyName type = at.append("persistence.type");
        String wanted = keys.get("persistence.type");
        if (wanted != null && !plain(wanted).equals(plain(tree.text(type)))) {
            // What goes with another type must not be beside it.
            ConfigurationPropertyName block = at.append("persistence");
            leftOut.add(block);
            added.keySet().removeIf(name -> block.isAncestorOf(ConfigurationPropertyName.of(name)));
        }
        keys.forEach((key, value) -> put(target, at.append(key).toString(), value));
    }

    private void put(ChangeTarget target, String property, String value) {
        added.put(property, value);
        authors.put(property, target);
    }

    private Optional<String> addBackend(ChangeTarget target, Map<String, String> keys) {
        Optional<ConfigurationPropertyName> upstream = child(PropertyNames.UPSTREAMS, target.name());
        if (upstream.isEmpty()) {
            return Optional.of("the configuration has no such upstream");
        }
        ConfigurationPropertyName backends = upstream.get().append("backends");
        String id = target.backend().orElseThrow();
        Optional<ConfigurationPropertyName> known = child(backends, id);
        if (keys.containsKey(RunTimeChanges.REMOVED)) {
            known.ifPresent(leftOut::add);
            if (known.filter(declared.computeIfAbsent(backends, this::childrenOfFiles)::contains)
                    .isEmpty()) {
                return Optional.of("the configuration has no such backend, or has it of environment variables");
            }
            // With others before it, this is the one that was too many.
            authors.put(backends.toString(), target);
            return Optional.empty();
        }
        String address = keys.get(RunTimeChanges.ADDRESS);
        if (address != null && known.isPresent()) {
            return Optional.of("the configuration has a backend of this id, whose address holds");
        }
        if (address != null) {
            put(target, backends + "[" + id + "].address", address);
        }
        return Optional.empty();
    }

    /** Regardless of how Spring lets it be written. */
    private static String plain(String constant) {
        return constant.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    private Optional<ConfigurationPropertyName> child(ConfigurationPropertyName parent, String name) {
        return Optional.ofNullable(
                children.computeIfAbsent(parent, this::childrenByName).get(name));
    }

    private Set<ConfigurationPropertyName> childrenOfFiles(ConfigurationPropertyName parent) {
        return Set.copyOf(tree.children(parent, false));
    }

    private Map<String, ConfigurationPropertyName> childrenByName(ConfigurationPropertyName parent) {
        Map<String, ConfigurationPropertyName> byName = new HashMap<>();
        for (boolean fromEnvironment : new boolean[] {false, true}) {
            tree.children(parent, fromEnvironment)
                    .forEach(child -> byName.putIfAbsent(child.getLastElement(Form.ORIGINAL), child));
        }
        return byName;
    }

    private PropertySource<?> without(PropertySource<?> source) {
        if (!(source instanceof EnumerablePropertySource<?> names)
                || source instanceof SystemEnvironmentPropertySource
                || List.of(names.getPropertyNames()).stream().noneMatch(this::isLeftOut)) {
            return source;
        }
        Map<String, Object> rest = new LinkedHashMap<>();
        boolean tracked = source instanceof OriginTrackedMapPropertySource;
        for (String name : names.getPropertyNames()) {
            Object value = tracked ? ((MapPropertySource) source).getSource().get(name) : source.getProperty(name);
            if (value != null && !isLeftOut(name)) {
                rest.put(name, value);
            }
        }
        return tracked
                ? new OriginTrackedMapPropertySource(source.getName(), rest, true)
                : new MapPropertySource(source.getName(), rest);
    }

    private boolean isLeftOut(String written) {
        ConfigurationPropertyName name = ConfigurationPropertyName.adapt(written, '.');
        return leftOut.stream().anyMatch(block -> block.equals(name) || block.isAncestorOf(name));
    }
}
