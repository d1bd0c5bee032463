package io.mooring.config;

import io.mooring.balancer.session.CookieAttributes.SameSite;
import io.mooring.balancer.session.CookieAttributes.Secure;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Judges how a session cookie is set, by RFC 6265 and what browsers refuse. */
final class CookieCheck {

    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern PATH = Pattern.compile("/[\\x20-\\x7e&&[^;]]*");
    private static final String HOST_PREFIX = "__Host-";
    private static final String SECURE_PREFIX = "__Secure-";

    private final PropertyTree tree;
    private final Findings findings;

    CookieCheck(PropertyTree tree, Findings findings) {
        this.tree = tree;
        this.findings = findings;
    }

    void check(DeclaredPolicy policy) {
        checkName(policy);
        if (!policy.declaresPersistence()) {
            return;
        }
        CookieProperties cookie = policy.persistence().cookie();
        ConfigurationPropertyName at = policy.persistenceAt().append("cookie");
        checkPlace(cookie, at);
        checkPrefix(cookie, at);
        if (cookie.secure() == Secure.FALSE) {
            if (cookie.sameSite() == SameSite.NONE) {
                findings.violation(
                        at.append("same-site"),
                        "lax or strict, since secure is false",
                        "Remove secure: false; browsers refuse SameSite=None without Secure.");
            }
            if (cookie.partitioned()) {
                findings.violation(
                        at.append("partitioned"),
                        "false, since secure is false",
                        "Remove secure: false; browsers refuse Partitioned without Secure.");
            }
        }
    }

    private void checkName(DeclaredPolicy policy) {
        String name = policy.persistence().cookie().nameFor(policy.scope());
        if (TOKEN.matcher(name).matches()) {
            return;
        }
        boolean declared = tree.contains(policy.persistenceAt().append("cookie.name"));
        findings.violation(
                declared ? policy.persistenceAt().append("cookie.name") : policy.cookieNameAt(),
                name.isEmpty() ? "empty" : name,
                "letters, digits and any of !#$%&'*+-.^_`|~",
                declared ? "Choose another name." : "Set cookie.name: the default has the route's id in it.");
    }

    private void checkPlace(CookieProperties cookie, ConfigurationPropertyName at) {
        String domain = cookie.domain();
        if (domain != null && (domain.indexOf(':') >= 0 || domain.endsWith(".") || !HostPort.isHost(bare(domain)))) {
            findings.violation(
                    at.append("domain"),
                    "a host name, such as shop.example.com",
                    "Give the domain without scheme, port or path, or remove it.");
        }
        if (!PATH.matcher(cookie.path()).matches()) {
            findings.violation(
                    at.append("path"),
                    "\"/\" and printable ASCII characters other than \";\"",
                    "Give the path below which the cookie is sent.");
        }
    }

    private void checkPrefix(CookieProperties cookie, ConfigurationPropertyName at) {
        String name = cookie.name();
        if (name == null) {
            return;
        }
        boolean host = name.regionMatches(true, 0, HOST_PREFIX, 0, HOST_PREFIX.length());
        boolean secure = host || name.regionMatches(true, 0, SECURE_PREFIX, 0, SECURE_PREFIX.length());
        if (secure && cookie.secure() != Secure.TRUE) {
            findings.violation(
                    at.append("secure"),
                    "true, since the name begins with " + (host ? HOST_PREFIX : SECURE_PREFIX),
                    "Set secure to true, or choose a name without the prefix.");
        }
        if (host && cookie.domain() != null) {
            findings.violation(
                    at.append("domain"),
                    "nothing, since the name begins with " + HOST_PREFIX,
                    "Remove the domain, or choose a name without the prefix.");
        }
        if (host && !cookie.path().equals("/")) {
            findings.violation(
                    at.append("path"),
                    "/, since the name begins with " + HOST_PREFIX,
                    "Remove the path, or choose a name without the prefix.");
        }
    }

    /** The domain without the leading dot that browsers ignore. */
    static String bare(String domain) {
        return domain.startsWith(".") ? domain.substring(1) : domain;
    }
}
