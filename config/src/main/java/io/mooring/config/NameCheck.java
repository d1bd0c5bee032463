package io.mooring.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** Finds names that relaxed binding takes for one another, or of which it drops characters without a word. */
final class NameCheck {

    /** The elements of a property name as a source writes it; what is in brackets is taken as it is. */
    private static final Pattern ELEMENT = Pattern.compile("\\[[^\\]]*]|[^.\\[\\]]+");

    private static final Pattern KEPT = Pattern.compile("\\[.*|[A-Za-z0-9_-]*");

    private final PropertyTree tree;
    private final Findings findings;

    NameCheck(PropertyTree tree, Findings findings) {
        this.tree = tree;
        this.findings = findings;
    }

    void check(List<DeclaredUpstream> upstreams) {
        checkAmbiguous(PropertyNames.UPSTREAMS);
        checkAmbiguous(PropertyNames.LISTENERS);
        upstreams.forEach(upstream -> checkAmbiguous(upstream.at().append("backends")));
        tree.forEachWrittenName(this::checkCharacters);
    }

    private void checkAmbiguous(ConfigurationPropertyName parent) {
        tree.forEachSource(names -> {
            Map<ConfigurationPropertyName, ConfigurationPropertyName> seen = new HashMap<>();
            for (ConfigurationPropertyName name : names) {
                if (parent.isAncestorOf(name)) {
                    ConfigurationPropertyName child = name.chop(parent.getNumberOfElements() + 1);
                    ConfigurationPropertyName first = seen.computeIfAbsent(child, c -> c);
                    if (!written(first).equals(written(child))) {
                        reportAmbiguous(first, child);
                    }
                }
            }
        });
    }

    private void reportAmbiguous(ConfigurationPropertyName first, ConfigurationPropertyName second) {
        findings.violation(
                second,
                written(second) + " beside " + written(first),
                "names that differ in more than case, \"-\" and \"_\"",
                "Rename one of them: to Spring both are one name.");
    }

    private void checkCharacters(String writtenName) {
        ConfigurationPropertyName name = ConfigurationPropertyName.adapt(writtenName, '.');
        if (!PropertyNames.UPSTREAMS.isAncestorOf(name) && !PropertyNames.LISTENERS.isAncestorOf(name)) {
            return;
        }
        Matcher elements = ELEMENT.matcher(writtenName);
        for (int size = 1; elements.find(); size++) {
            if (!KEPT.matcher(elements.group()).matches()) {
                findings.violation(
                        name.chop(size),
                        elements.group(),
                        "letters, digits, \"-\" and \"_\"",
                        "Rename it, or write it in brackets: \"[" + elements.group() + "]\".");
                return;
            }
        }
    }

    private static String written(ConfigurationPropertyName name) {
        return name.getLastElement(Form.ORIGINAL);
    }
}
