package io.mooring.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** Finds keys that nothing reads. Environment variables may stand for anything, and are left alone. */
final class UnknownKeyCheck {

    private final PropertyTree tree;
    private final Set<ConfigurationPropertyName> known;
    private final Findings findings;

    UnknownKeyCheck(PropertyTree tree, Set<ConfigurationPropertyName> known, Findings findings) {
        this.tree = tree;
        this.known = known;
        this.findings = findings;
    }

    void check(List<Entry<RouteProperties>> routes) {
        checkBelow(PropertyNames.MOORING);
        for (Entry<RouteProperties> route : routes) {
            ConfigurationPropertyName metadata = route.at().append("metadata");
            // All properties are gone through for each that has some; few of thousands do.
            if (tree.contains(metadata)) {
                checkBelow(metadata.append("persistence"));
                checkMetadata(metadata);
            }
        }
    }

    private void checkBelow(ConfigurationPropertyName parent) {
        Set<ConfigurationPropertyName> unknown = new LinkedHashSet<>();
        tree.forEachBelow(parent, name -> {
            if (!known.contains(name)) {
                unknown.add(topmostUnknown(parent, name));
            }
        });
        unknown.forEach(this::report);
    }

    /** Other metadata is other filters' business, but not what is nearly a key of ours. */
    private void checkMetadata(ConfigurationPropertyName metadata) {
        for (ConfigurationPropertyName child : tree.children(metadata, false)) {
            similar(child)
                    .filter(similar -> !known.contains(child))
                    .ifPresent(similar ->
                            findings.warning(child, "not a key of a route's policy; is " + similar + " meant?"));
        }
    }

    private ConfigurationPropertyName topmostUnknown(ConfigurationPropertyName parent, ConfigurationPropertyName name) {
        int size = parent.getNumberOfElements() + 1;
        while (known.contains(name.chop(size)) && size < name.getNumberOfElements()) {
            size++;
        }
        return name.chop(size);
    }

    private void report(ConfigurationPropertyName name) {
        if (findings.violated(name.getParent())) {
            return;
        }
        Optional<String> similar = similar(name);
        String expected = similar.orElseGet(() -> {
            List<String> siblings = siblings(name);
            return siblings.isEmpty()
                    ? "no key below " + PropertyNames.display(name.getParent())
                    : ExpectedValue.oneOf(siblings);
        });
        String action = similar.map(key -> "Write " + key + ", or remove this key.")
                .orElse("Remove this key. A name that contains a dot is written in brackets: \"[my.name]\".");
        findings.violation(name, "unknown key", expected, action);
    }

    private Optional<String> similar(ConfigurationPropertyName name) {
        return SimilarName.to(name.getLastElement(Form.ORIGINAL), siblings(name));
    }

    private List<String> siblings(ConfigurationPropertyName name) {
        return known.stream()
                .filter(name.getParent()::isParentOf)
                .map(sibling -> sibling.getLastElement(Form.DASHED))
                .distinct()
                .toList();
    }
}
