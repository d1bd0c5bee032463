package io.mooring.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** What a configuration that is read again says otherwise, and whether a gateway that runs can go by it. */
public final class ConfigurationChanges {

    /** What a listener that stays open can change. */
    private static final List<String> LISTENER_TERMS = List.of(
            "upstream",
            "balancing",
            "persistence",
            "idle-timeout",
            "connect-timeout",
            "sni",
            "sni-timeout",
            "tls",
            "reschedule");

    /** What makes another listener of it, which is opened as if it were new. */
    private static final List<String> LISTENER_PORT = List.of("protocol", "address", "port");

    private final Map<ConfigurationPropertyName, String> before;
    private final Map<ConfigurationPropertyName, String> after;

    private ConfigurationChanges(
            Map<ConfigurationPropertyName, String> before, Map<ConfigurationPropertyName, String> after) {
        this.before = before;
        this.after = after;
    }

    /** What the one says other than the other. Environment variables are the same in both. */
    public static ConfigurationChanges between(ConfigurableEnvironment before, ConfigurableEnvironment after) {
        return new ConfigurationChanges(values(before), values(after));
    }

    /** The names of the properties that differ and take effect only when the program is started again, sorted. */
    public Set<String> needingRestart() {
        Set<ConfigurationPropertyName> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        Set<String> needing = new TreeSet<>();
        for (ConfigurationPropertyName name : names) {
            if (!Objects.equals(before.get(name), after.get(name)) && !isLive(name)) {
                needing.add(name.toString());
            }
        }
        return needing;
    }

    private boolean isLive(ConfigurationPropertyName name) {
        if (PropertyNames.UPSTREAMS.isAncestorOf(name)
                || PropertyNames.ROUTES.isAncestorOf(name)
                || PropertyNames.ROUTES.equals(name)) {
            return true;
        }
        if (!PropertyNames.LISTENERS.isAncestorOf(name)) {
            return false;
        }
        int size = PropertyNames.LISTENERS.getNumberOfElements() + 1;
        ConfigurationPropertyName listener = name.chop(size);
        return name.getNumberOfElements() > size
                && (LISTENER_TERMS.contains(name.getElement(size, ConfigurationPropertyName.Form.DASHED))
                        || LISTENER_PORT.stream().anyMatch(key -> isChanged(listener.append(key))));
    }

    private boolean isChanged(ConfigurationPropertyName name) {
        return !Objects.equals(before.get(name), after.get(name));
    }

    private static Map<ConfigurationPropertyName, String> values(ConfigurableEnvironment environment) {
        List<ConfigurationPropertySource> sources = new ArrayList<>();
        ConfigurationPropertySources.get(environment).forEach(sources::add);
        Map<ConfigurationPropertyName, String> values = new LinkedHashMap<>();
        for (ConfigurationPropertySource source : sources) {
            if (source instanceof IterableConfigurationPropertySource names
                    && !(source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource)) {
                names.stream().forEach(name -> values.computeIfAbsent(name, each -> text(environment, source, each)));
            }
        }
        return values;
    }

    /** Without a value for a placeholder, as it is written. */
    private static String text(
            ConfigurableEnvironment environment, ConfigurationPropertySource source, ConfigurationPropertyName name) {
        @Nullable ConfigurationProperty property = source.getConfigurationProperty(name);
        return property == null ? "" : environment.resolvePlaceholders(String.valueOf(property.getValue()));
    }
}
