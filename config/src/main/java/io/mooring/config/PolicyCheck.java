package io.mooring.config;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.CookieAttributes;
import io.mooring.balancer.session.Layer;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.SourceShare;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Judges policies: which persistence goes with which balancing, and what has an effect with which persistence. */
final class PolicyCheck {

    private final PropertyTree tree;
    private final Findings findings;
    private final CookieCheck cookies;

    PolicyCheck(PropertyTree tree, Findings findings) {
        this.tree = tree;
        this.findings = findings;
        this.cookies = new CookieCheck(tree, findings);
    }

    /** Judges the policy of an upstream or route. */
    void check(DeclaredPolicy policy) {
        check(policy, Layer.HTTP);
    }

    /** Judges a policy that decides for traffic of this layer. What it inherits has been judged where it stands. */
    void check(DeclaredPolicy policy, Layer layer) {
        ConfigurationPropertyName type = policy.persistenceAt().append("type");
        if (!findings.violated(type) && !findings.violated(policy.balancingAt())) {
            checkCombination(policy, layer, type);
            checkEffects(policy);
        }
        checkBlocks(policy, type);
        checkShare(policy, layer);
        if (layer == Layer.HTTP && policy.persistence().type() == Persistence.Kind.COOKIE) {
            cookies.check(policy);
            checkLifetime(policy);
        }
    }

    /** Judges the policy that decides for clients whom a server name leads to another upstream. */
    void checkLed(DeclaredPolicy policy, ConfigurationPropertyName property, String upstream) {
        if (!Policy.allows(policy.balancing(), policy.persistence().type(), Layer.L4)
                && !findings.violated(policy.persistenceAt().append("type"))
                && !findings.violated(policy.balancingAt())) {
            findings.violation(
                    property,
                    upstream,
                    "an upstream whose persistence goes with layer 4 and the listener's balancing",
                    "Give the listener a persistence of its own, or lead the name to another upstream.");
        }
    }

    private void checkCombination(DeclaredPolicy policy, Layer layer, ConfigurationPropertyName type) {
        Balancing balancing = policy.balancing();
        Persistence.Kind kind = policy.persistence().type();
        if (Policy.allows(balancing, kind, layer)) {
            return;
        }
        if (policy.declaresPersistence()) {
            List<String> kinds = Arrays.stream(Persistence.Kind.values())
                    .filter(each -> Policy.allows(balancing, each, layer))
                    .map(Persistence.Kind::key)
                    .toList();
            String traffic = layer == Layer.L4 ? " on a TCP, TLS or UDP listener" : "";
            findings.violation(
                    type,
                    ExpectedValue.oneOf(kinds) + " with " + balancing.key() + traffic,
                    "Choose another persistence" + (layer == Layer.L4 ? "." : " or another balancing."));
        } else if (layer == Layer.L4 && kind == Persistence.Kind.COOKIE) {
            findings.violation(
                    policy.at().append("upstream"),
                    "an upstream whose persistence is none or source-ip",
                    "Give the listener a persistence of its own, or lead it to another upstream.");
        } else {
            List<String> balancings = Arrays.stream(Balancing.values())
                    .filter(each -> Policy.allows(each, kind, layer))
                    .map(Balancing::key)
                    .toList();
            findings.violation(
                    policy.balancingAt(),
                    (balancings.isEmpty() ? "none" : ExpectedValue.oneOf(balancings))
                            + " with the upstream's persistence, " + kind.key(),
                    "Choose another balancing, or declare a persistence beside it.");
        }
    }

    /** Finds blocks that belong to another type, and a block without a type. */
    private void checkBlocks(DeclaredPolicy policy, ConfigurationPropertyName type) {
        if (!policy.declaresPersistence() || findings.violated(type)) {
            return;
        }
        if (!tree.contains(type)) {
            if (!tree.children(policy.persistenceAt(), false).isEmpty()) {
                findings.violation(
                        type, "none, cookie or source-ip", "Say how clients are known, or remove the persistence.");
            }
            return;
        }
        Persistence.Kind kind = policy.persistence().type();
        checkBlock(policy, "cookie", Persistence.Kind.COOKIE, kind);
        checkBlock(policy, "source", Persistence.Kind.SOURCE_IP, kind);
        if (kind == Persistence.Kind.NONE) {
            warnWithoutEffect(policy, "no effect with type none", "idle-timeout", "absolute-timeout", "strict");
        }
    }

    private void checkBlock(DeclaredPolicy policy, String key, Persistence.Kind belongsTo, Persistence.Kind kind) {
        ConfigurationPropertyName block = policy.persistenceAt().append(key);
        if (kind != belongsTo) {
            findings.misplaced(
                    block,
                    "it has no effect with type " + kind.key(),
                    "Remove it, or set type to " + belongsTo.key() + ".");
        }
    }

    private void checkShare(DeclaredPolicy policy, Layer layer) {
        if (!policy.declaresPersistence() || policy.persistence().type() != Persistence.Kind.SOURCE_IP) {
            return;
        }
        ConfigurationPropertyName share = policy.persistenceAt().append("source.share");
        if (!tree.contains(share.append("max-percent"))) {
            for (ConfigurationPropertyName other : tree.children(share, false)) {
                findings.misplaced(
                        other,
                        "max-percent is not set",
                        "Set max-percent beside it to say which share is too large, or remove it.");
            }
        } else if (layer == Layer.HTTP
                && !PropertyNames.UPSTREAMS.isAncestorOf(policy.at())
                && policy.persistence().source().share().split() == SourceShare.Split.PORT) {
            findings.warning(share.append("split"), "no effect on a route, since HTTP is not split");
        }
    }

    private void checkEffects(DeclaredPolicy policy) {
        if (policy.declaresPersistence()
                && policy.balancing() == Balancing.IP_HASH
                && policy.persistence().type() == Persistence.Kind.SOURCE_IP) {
            warnWithoutEffect(
                    policy,
                    "no effect with ip-hash, which remembers nothing",
                    "idle-timeout",
                    "absolute-timeout",
                    "strict",
                    "source.max-entries");
        }
    }

    private void warnWithoutEffect(DeclaredPolicy policy, String why, String... keys) {
        for (String key : keys) {
            ConfigurationPropertyName property = policy.persistenceAt().append(key);
            if (tree.contains(property)) {
                findings.warning(property, why);
            }
        }
    }

    private void checkLifetime(DeclaredPolicy policy) {
        PersistenceProperties persistence = policy.persistence();
        if (persistence.cookie().lifetime() == CookieAttributes.Lifetime.PERMANENT
                && persistence.absoluteTimeout() == null) {
            findings.violation(
                    policy.persistenceAt().append("absolute-timeout"),
                    "a duration, since cookie.lifetime is permanent",
                    "Say when a session ends at last, or set cookie.lifetime to session.");
        }
    }
}
