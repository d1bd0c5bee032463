package io.mooring.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Judges a configuration as a whole.
 *
 * <p>Stateless and safe for concurrent use. It opens no socket, resolves no host name, reads no file
 * and writes none.
 */
public final class ConfigurationCheck {

    private ConfigurationCheck() {}

    /** Finds everything that is wrong with what the environment says, or what it means if nothing is. */
    public static Inspection inspect(ConfigurableEnvironment environment) {
        PropertyTree tree = new PropertyTree(environment);
        Findings findings = new Findings(tree);
        CollectingBindHandler handler = new CollectingBindHandler(findings);
        BoundConfiguration configuration = BoundConfiguration.bind(tree, handler);
        PolicyCheck policies = new PolicyCheck(tree, findings);

        checkBlocks(tree, handler, findings);
        new UnknownKeyCheck(tree, handler.known(), findings).check(configuration.routes());
        new NameCheck(tree, findings).check(configuration.upstreams());
        UpstreamCheck upstreams = new UpstreamCheck(
                findings, policies, new StateCheck(tree, findings), new DiscoveryCheck(tree, findings));
        configuration.upstreams().forEach(upstreams::check);
        TlsCheck tls = new TlsCheck(tree, findings, configuration);
        configuration.upstreams().forEach(tls::checkUpstream);
        ListenerCheck listeners = new ListenerCheck(tree, findings, policies, tls, configuration);
        configuration.listeners().forEach(listeners::check);
        new RouteCheck(findings, policies, configuration).check();
        new KeyCheck(findings).check(configuration.keys());
        new AdminCheck(tree, findings).check(configuration.users(), configuration.management());
        checkDataDir(configuration.root().dataDir(), findings);
        new PortCheck(findings).check(configuration);
        new CookieNameCheck(findings).check(configuration);
        new ProxyProtocolCheck(findings).check(configuration);
        new UsageCheck(findings).check(configuration);

        List<Violation> violations = findings.violations();
        return new Inspection(
                violations,
                findings.warnings(),
                violations.isEmpty() ? Optional.of(new SettingsAssembly(configuration).assemble()) : Optional.empty());
    }

    /** Spring passes over a value where a block should be if another source says something below it. */
    private static void checkBlocks(PropertyTree tree, CollectingBindHandler handler, Findings findings) {
        handler.blocks().forEach((name, target) -> {
            // A route may be written as a text of its own: id=uri,predicates.
            if (tree.hasText(name) && !PropertyNames.ROUTES.isParentOf(name)) {
                findings.violation(name, ExpectedValue.of(target), ExpectedValue.action(target));
            }
        });
        for (ConfigurationPropertyName list : List.of(PropertyNames.ROUTES, PropertyNames.KEYS)) {
            if (tree.hasText(list)) {
                findings.violation(list, "a list", "Begin each element with a dash.");
            }
        }
    }

    private static void checkDataDir(String dataDir, Findings findings) {
        if (!isDirectoryName(dataDir)) {
            findings.violation(PropertyNames.DATA_DIR, "a directory", "Give a path that the gateway may write to.");
        }
    }

    private static boolean isDirectoryName(String text) {
        try {
            return !Path.of(text).toString().isBlank();
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
