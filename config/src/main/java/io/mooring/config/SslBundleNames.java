package io.mooring.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** The SSL bundles that Spring Boot's own keys declare. */
final class SslBundleNames {

    private static final List<ConfigurationPropertyName> KINDS = List.of(
            ConfigurationPropertyName.of("spring.ssl.bundle.pem"),
            ConfigurationPropertyName.of("spring.ssl.bundle.jks"));

    private final PropertyTree tree;
    private final Set<String> names = new LinkedHashSet<>();

    SslBundleNames(PropertyTree tree) {
        this.tree = tree;
        for (ConfigurationPropertyName kind : KINDS) {
            for (boolean fromEnvironment : new boolean[] {false, true}) {
                tree.children(kind, fromEnvironment).forEach(name -> names.add(name.getLastElement(Form.ORIGINAL)));
            }
        }
    }

    Set<String> all() {
        return names;
    }

    /** The names as what is expected. */
    String expected() {
        return names.isEmpty() ? "an SSL bundle that is declared" : ExpectedValue.oneOf(List.copyOf(names));
    }

    boolean hasKeystore(String name) {
        return contains(name, "keystore");
    }

    boolean hasTruststore(String name) {
        return contains(name, "truststore");
    }

    private boolean contains(String name, String store) {
        return KINDS.stream()
                .anyMatch(kind -> tree.children(kind, false).stream()
                                .filter(each ->
                                        each.getLastElement(Form.ORIGINAL).equals(name))
                                .anyMatch(each -> tree.contains(each.append(store)))
                        || tree.children(kind, true).stream()
                                .filter(each ->
                                        each.getLastElement(Form.ORIGINAL).equals(name))
                                .anyMatch(each -> tree.contains(each.append(store))));
    }
}
