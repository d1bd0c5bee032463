package io.mooring.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** The SSL bundles that Spring Boot's own keys declare. */
final class SslBundleNames {

    private static final List<ConfigurationPropertyName> KINDS = List.of(
            ConfigurationPropertyName.of("spring.ssl.bundle.pem"),
            ConfigurationPropertyName.of("spring.ssl.bundle.jks"));

    private final PropertyTree tree;
    private final Map<String, List<ConfigurationPropertyName>> byName = new LinkedHashMap<>();

    SslBundleNames(PropertyTree tree) {
        this.tree = tree;
        for (ConfigurationPropertyName kind : KINDS) {
            tree.children(kind, false).forEach(this::add);
            tree.children(kind, true).forEach(this::add);
        }
    }

    Set<String> all() {
        return byName.keySet();
    }

    /** The names as what is expected. */
    String expected() {
        return byName.isEmpty() ? "an SSL bundle that is declared" : ExpectedValue.oneOf(List.copyOf(byName.keySet()));
    }

    boolean hasKeystore(String name) {
        return contains(name, "keystore");
    }

    boolean hasTruststore(String name) {
        return contains(name, "truststore");
    }

    private void add(ConfigurationPropertyName bundle) {
        byName.computeIfAbsent(bundle.getLastElement(Form.ORIGINAL), name -> new ArrayList<>())
                .add(bundle);
    }

    private boolean contains(String name, String store) {
        return byName.getOrDefault(name, List.of()).stream().anyMatch(bundle -> tree.contains(bundle.append(store)));
    }
}
