package io.mooring.config;

import io.mooring.balancer.topology.Payload;
import io.mooring.config.HealthCheckProperties.ProbeTls;
import io.mooring.config.HealthCheckProperties.ProbeType;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Judges how an upstream's backends are probed. */
final class ProbeCheck {

    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,32}");
    private static final Pattern PATH = Pattern.compile("/[\\x21-\\x7e]*");
    private static final int MAX_PAYLOAD = 500;

    /** Which types a key is for; a key that is for all is not here. */
    private static final Map<String, Set<ProbeType>> BELONGS_TO = Map.of(
            "tls", EnumSet.complementOf(EnumSet.of(ProbeType.UDP)),
            "server-name", EnumSet.complementOf(EnumSet.of(ProbeType.UDP)),
            "method", EnumSet.of(ProbeType.HTTP),
            "path", EnumSet.of(ProbeType.HTTP),
            "host", EnumSet.of(ProbeType.HTTP),
            "expect", EnumSet.of(ProbeType.HTTP),
            "body", EnumSet.of(ProbeType.HTTP),
            "service", EnumSet.of(ProbeType.GRPC),
            "send", EnumSet.of(ProbeType.UDP),
            "reply", EnumSet.of(ProbeType.UDP));

    private final PropertyTree tree;
    private final Findings findings;

    ProbeCheck(PropertyTree tree, Findings findings) {
        this.tree = tree;
        this.findings = findings;
    }

    void check(ConfigurationPropertyName at, @Nullable HealthCheckProperties check, boolean overTls) {
        if (findings.violated(at)) {
            return;
        }
        ConfigurationPropertyName type = at.append("type");
        if (check == null || check.type() == null) {
            if (tree.contains(at) && !findings.violated(type)) {
                findings.violation(type, "tcp, http, grpc or udp", "Say what the probes speak, or remove the block.");
            }
            return;
        }
        BELONGS_TO.keySet().stream().sorted().forEach(key -> checkBelongs(at.append(key), key, check.type()));
        checkTimes(at, check);
        checkTls(at, check.secured(overTls), overTls);
        switch (check.type()) {
            case TCP, GRPC -> {}
            case HTTP -> checkHttp(at, check);
            case UDP -> {
                checkPayload(at.append("send"), check.send());
                checkPayload(at.append("reply"), check.reply());
            }
        }
    }

    private void checkBelongs(ConfigurationPropertyName property, String key, ProbeType type) {
        Set<ProbeType> types = BELONGS_TO.getOrDefault(key, Set.of());
        if (!types.contains(type)) {
            findings.misplaced(
                    property,
                    "it has no effect with type " + ExpectedValue.key(type),
                    "Remove it; it is for "
                            + ExpectedValue.oneOf(
                                    types.stream().map(ExpectedValue::key).toList()) + ".");
        }
    }

    private void checkTls(ConfigurationPropertyName at, ProbeTls secured, boolean overTls) {
        ConfigurationPropertyName serverName = at.append("server-name");
        switch (secured) {
            case NONE ->
                findings.misplaced(serverName, "it has no effect without tls", "Remove it, or set tls to verify.");
            case UPSTREAM -> {
                if (!overTls && !findings.violated(at.append("tls"))) {
                    findings.violation(
                            at.append("tls"),
                            "none, verify or insecure, since the upstream has no tls",
                            "Say how TLS is spoken with the backends in the upstream's tls, or set this to verify.");
                }
                findings.misplaced(
                        serverName, "the upstream's tls says it", "Remove it, or set the check's tls to verify.");
            }
            case VERIFY, INSECURE -> {}
        }
    }

    private void checkTimes(ConfigurationPropertyName at, HealthCheckProperties check) {
        ConfigurationPropertyName timeout = at.append("timeout");
        ConfigurationPropertyName interval = at.append("interval");
        if (findings.violated(timeout)
                || findings.violated(interval)
                || check.timeout().compareTo(check.interval()) < 0) {
            return;
        }
        findings.violation(
                tree.contains(timeout) ? timeout : interval,
                tree.contains(timeout) ? "less than the interval" : "more than the timeout, which is 2s if not set",
                "Let a probe end before the next one begins.");
    }

    private void checkHttp(ConfigurationPropertyName at, HealthCheckProperties check) {
        if (!METHOD.matcher(check.method()).matches()) {
            findings.violation(at.append("method"), "a method in capitals", "Give a method such as GET or HEAD.");
        }
        if (!PATH.matcher(check.path()).matches()) {
            findings.violation(
                    at.append("path"), "a path that begins with /", "Encode what is not plain: a space is %20.");
        }
        String host = check.host();
        if (host != null && !HostPort.isHost(host) && HostPort.parse(host).isEmpty()) {
            findings.violation(at.append("host"), "a host, or host:port", "Give the name that the backend serves.");
        }
        if (StatusRanges.parse(check.expect()).isEmpty()) {
            findings.violation(
                    at.append("expect"),
                    "statuses and ranges of them within 100-599",
                    "Write them as 200-399 or 200,204.");
        }
        if (check.body() != null && check.method().equals("HEAD")) {
            findings.violation(at.append("body"), "nothing, since HEAD has none", "Remove it, or set method to GET.");
        }
    }

    private void checkPayload(ConfigurationPropertyName property, @Nullable String text) {
        if (text == null || (text.length() <= MAX_PAYLOAD && isPayload(text))) {
            return;
        }
        findings.violation(
                property,
                "1-" + MAX_PAYLOAD + " characters, or hex: and pairs of hexadecimal digits",
                "Give the bytes as text, or as in hex:0a1b.");
    }

    private static boolean isPayload(String text) {
        try {
            return Payload.of(text).bytes().length > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
