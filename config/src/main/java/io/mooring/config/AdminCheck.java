package io.mooring.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Judges who may use the management port, and from where. Nothing it finds contains a password. */
final class AdminCheck {

    /** What stands before a hash. */
    static final String BCRYPT = "{bcrypt}";

    /** Passwords are verified one after the other: at a cost of 12 three or so in a second, right or wrong. */
    private static final Pattern HASH = Pattern.compile("\\{bcrypt}\\$2[aby]\\$(0[4-9]|1[0-2])\\$[./A-Za-z0-9]{53}");

    /** What can stand before the colon of basic authentication, and in a line of a log. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final PropertyTree tree;
    private final Findings findings;

    AdminCheck(PropertyTree tree, Findings findings) {
        this.tree = tree;
        this.findings = findings;
    }

    void check(List<Entry<AdminUserProperties>> users, PortProperties.Management management) {
        users.forEach(this::check);
        Integer port = management.port();
        if (port != null && port >= 0 && !isLoopback(management.address()) && (users.isEmpty() || !hasTls())) {
            findings.violation(
                    PortProperties.MANAGEMENT.append("address"),
                    "a loopback address, since " + (users.isEmpty() ? "mooring.admin.users" : "management.server.ssl")
                            + " is not set",
                    "Keep the management port on 127.0.0.1, or set both mooring.admin.users and management.server.ssl.");
        }
    }

    private void check(Entry<AdminUserProperties> user) {
        if (!NAME.matcher(user.key()).matches()) {
            findings.violation(
                    user.at(), user.key(), "1-64 letters, digits, \".\", \"_\" and \"-\"", "Rename the user.");
        }
        String password = user.value().password();
        if (password == null || !HASH.matcher(password).matches()) {
            findings.violation(
                    user.at().append("password"),
                    "{bcrypt} and a bcrypt hash of cost 4-12",
                    "Make one with: htpasswd -nBC 10 NAME; the hash is what follows the colon.");
        }
    }

    private boolean hasTls() {
        ConfigurationPropertyName ssl = PortProperties.MANAGEMENT.append("ssl");
        return Stream.of("bundle", "certificate", "key-store").anyMatch(key -> tree.contains(ssl.append(key)))
                && isOn(ssl.append("enabled"));
    }

    /**
     * As Spring Boot reads it, to which {@code off}, {@code no} and {@code 0} are false, too; what is neither is not
     * on.
     */
    private boolean isOn(ConfigurationPropertyName name) {
        try {
            return tree.binder().bind(name, Bindable.of(Boolean.class)).orElse(true);
        } catch (BindException e) {
            return false;
        }
    }

    /** By what is written; no name but one is looked up. */
    private static boolean isLoopback(@Nullable String address) {
        if (address == null) {
            return false;
        }
        String text = address.toLowerCase(Locale.ROOT).strip();
        if (text.equals("localhost")) {
            return true;
        }
        try {
            return HostPort.isIpLiteral(text) && InetAddress.getByName(text).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
