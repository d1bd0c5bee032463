package io.mooring.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PlaceholdersResolver;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.PlaceholderResolutionException;
import org.springframework.util.PropertyPlaceholderHelper;

/** What the property sources of an environment say, by name. */
final class PropertyTree {

    private static final String MISSING = "missing";

    private final List<ConfigurationPropertySource> sources = new ArrayList<>();
    private final PlaceholdersResolver placeholders;

    PropertyTree(ConfigurableEnvironment environment) {
        List<ConfigurationPropertySource> all = new ArrayList<>();
        ConfigurationPropertySources.get(environment).forEach(all::add);
        Optional<ConfigurationPropertySource> keys = decidingSource(all, PropertyNames.KEYS);
        Optional<ConfigurationPropertySource> routes = decidingSource(all, PropertyNames.ROUTES);
        for (ConfigurationPropertySource source : all) {
            // A filtered source is searched through for each name, so thousands of routes are left in the original.
            boolean overridden = isOverridden(source, keys, PropertyNames.KEYS)
                    || isOverridden(source, routes, PropertyNames.ROUTES);
            sources.add(
                    overridden
                            ? source.filter(name -> isDecidedBy(source, keys, PropertyNames.KEYS, name)
                                    && isDecidedBy(source, routes, PropertyNames.ROUTES, name))
                            : source);
        }
        placeholders = new PropertySourcesPlaceholdersResolver(
                environment.getPropertySources(), new PropertyPlaceholderHelper("${", "}", ":", '\\', false));
    }

    /** A binder in which a placeholder without a value is an error. */
    Binder binder() {
        return new Binder(sources, placeholders);
    }

    /** Whether something is said of the property or below it. */
    boolean contains(ConfigurationPropertyName name) {
        return property(name).isPresent()
                || sources.stream().anyMatch(s -> s.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT);
    }

    /** Whether some source but environment variables gives the property a value of its own. */
    boolean hasText(ConfigurationPropertyName name) {
        return sources.stream()
                .filter(source -> !isEnvironment(source))
                .<@Nullable ConfigurationProperty>map(source -> source.getConfigurationProperty(name))
                .anyMatch(property ->
                        property != null && !String.valueOf(property.getValue()).isEmpty());
    }

    /** The value of a property for a message. */
    String text(ConfigurationPropertyName name) {
        Optional<ConfigurationProperty> property = property(name);
        if (property.isEmpty()) {
            return contains(name) ? "a block" : MISSING;
        }
        if (PropertyNames.isSecret(name)) {
            return "***";
        }
        String text = String.valueOf(resolved(property.get().getValue()));
        return text.isEmpty() ? "empty" : text;
    }

    /**
     * The children of a property, first those of the sources that others override. Where sources write one
     * name differently, the first form counts.
     *
     * @param fromEnvironment whether environment variables count, whose names are ambiguous
     */
    List<ConfigurationPropertyName> children(ConfigurationPropertyName parent, boolean fromEnvironment) {
        Map<ConfigurationPropertyName, ConfigurationPropertyName> children = new LinkedHashMap<>();
        for (int i = sources.size() - 1; i >= 0; i--) {
            if (isEnvironment(sources.get(i)) == fromEnvironment) {
                forEachChild(sources.get(i), parent, child -> children.putIfAbsent(child, child));
            }
        }
        return List.copyOf(children.values());
    }

    /** The elements of a list. */
    List<ConfigurationPropertyName> elements(ConfigurationPropertyName list) {
        TreeMap<Integer, ConfigurationPropertyName> elements = new TreeMap<>();
        int last = list.getNumberOfElements();
        for (ConfigurationPropertySource source : sources) {
            forEachChild(source, list, child -> {
                if (child.isNumericIndex(last)) {
                    elements.putIfAbsent(Integer.parseInt(child.getElement(last, Form.ORIGINAL)), child);
                }
            });
        }
        return List.copyOf(elements.values());
    }

    /** Calls for every property below a name that does not come from an environment variable. */
    void forEachBelow(ConfigurationPropertyName parent, Consumer<ConfigurationPropertyName> action) {
        forEachSource(names -> names.stream().filter(parent::isAncestorOf).forEach(action));
    }

    /** What stands below a name, as it is written, unless it comes from an environment variable. */
    Map<ConfigurationPropertyName, Object> values(ConfigurationPropertyName parent) {
        Map<ConfigurationPropertyName, Object> values = new LinkedHashMap<>();
        for (ConfigurationPropertySource source : sources) {
            if (source instanceof IterableConfigurationPropertySource names && !isEnvironment(source)) {
                names.stream().filter(parent::isAncestorOf).forEach(name -> {
                    ConfigurationProperty property = source.getConfigurationProperty(name);
                    if (property != null) {
                        values.putIfAbsent(name, property.getValue());
                    }
                });
            }
        }
        return values;
    }

    /** Calls for every source but environment variables with the names of its properties. */
    void forEachSource(Consumer<IterableConfigurationPropertySource> action) {
        for (ConfigurationPropertySource source : sources) {
            if (source instanceof IterableConfigurationPropertySource names && !isEnvironment(source)) {
                action.accept(names);
            }
        }
    }

    /** Calls for every property but environment variables with its name as the source writes it. */
    void forEachWrittenName(Consumer<String> action) {
        for (ConfigurationPropertySource source : sources) {
            if (source.getUnderlyingSource() instanceof EnumerablePropertySource<?> names && !isEnvironment(source)) {
                // An empty document has one property, without a name.
                Stream.of(names.getPropertyNames()).filter(Objects::nonNull).forEach(action);
            }
        }
    }

    private Optional<ConfigurationProperty> property(ConfigurationPropertyName name) {
        return sources.stream()
                .<@Nullable ConfigurationProperty>map(source -> source.getConfigurationProperty(name))
                .flatMap(property -> Optional.ofNullable(property).stream())
                .findFirst();
    }

    /** A list comes as a whole from the first source that has something of it. */
    private static Optional<ConfigurationPropertySource> decidingSource(
            List<ConfigurationPropertySource> sources, ConfigurationPropertyName list) {
        return sources.stream()
                .filter(source -> source.getConfigurationProperty(list) != null
                        || source.containsDescendantOf(list) == ConfigurationPropertyState.PRESENT)
                .findFirst();
    }

    /** Whether the source may say something of a list that another source decides. */
    private static boolean isOverridden(
            ConfigurationPropertySource source,
            Optional<ConfigurationPropertySource> deciding,
            ConfigurationPropertyName list) {
        boolean mayHaveList = source.getConfigurationProperty(list) != null
                || source.containsDescendantOf(list) != ConfigurationPropertyState.ABSENT;
        return mayHaveList && deciding.filter(source::equals).isEmpty();
    }

    private static boolean isDecidedBy(
            ConfigurationPropertySource source,
            Optional<ConfigurationPropertySource> deciding,
            ConfigurationPropertyName list,
            ConfigurationPropertyName name) {
        boolean inList = list.equals(name) || list.isAncestorOf(name);
        return !inList || deciding.filter(source::equals).isPresent();
    }

    private @Nullable Object resolved(Object value) {
        try {
            return placeholders.resolvePlaceholders(value);
        } catch (PlaceholderResolutionException e) {
            return value;
        }
    }

    private static void forEachChild(
            ConfigurationPropertySource source,
            ConfigurationPropertyName parent,
            Consumer<ConfigurationPropertyName> action) {
        if (source instanceof IterableConfigurationPropertySource names) {
            int size = parent.getNumberOfElements() + 1;
            names.stream().filter(parent::isAncestorOf).forEach(name -> action.accept(name.chop(size)));
        }
    }

    private static boolean isEnvironment(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
    }
}
