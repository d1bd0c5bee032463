package io.mooring.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An address as {@code host:port}, an IPv6 literal in brackets.
 *
 * @param host a host name or an IP literal without brackets
 * @param port 1-65535
 */
record HostPort(String host, int port) {

    private static final Pattern LABELS =
            Pattern.compile("(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\\.?");
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]*[0-9]");
    private static final Pattern IPV4 = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");
    private static final int MAX_HOST_LENGTH = 253;

    /** The address that a text is, empty if it is none. Resolves nothing. */
    static Optional<HostPort> parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            return Optional.empty();
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String bare = bracketed ? host.substring(1, host.length() - 1) : host;
        if (bracketed ? !isIpv6(bare) : !isHostName(bare)) {
            return Optional.empty();
        }
        return port(text.substring(colon + 1)).map(port -> new HostPort(bare, port));
    }

    /** Whether the text is a host name or an IP literal without brackets. */
    static boolean isHost(String text) {
        return text.indexOf(':') >= 0 ? isIpv6(text) : isHostName(text);
    }

    /** Whether the text is an IP literal without brackets or zone. */
    static boolean isIpLiteral(String text) {
        return text.indexOf(':') >= 0
                ? text.indexOf('%') < 0 && isIpv6(text)
                : IPV4.matcher(text).matches();
    }

    private static Optional<Integer> port(String text) {
        if (!text.matches("[0-9]{1,5}")) {
            return Optional.empty();
        }
        int port = Integer.parseInt(text);
        return port >= 1 && port <= 65_535 ? Optional.of(port) : Optional.empty();
    }

    private static boolean isHostName(String text) {
        if (NUMERIC.matcher(text).matches()) {
            return IPV4.matcher(text).matches();
        }
        return text.length() <= MAX_HOST_LENGTH && LABELS.matcher(text).matches();
    }

    private static boolean isIpv6(String text) {
        int zone = text.indexOf('%');
        String address = zone < 0 ? text : text.substring(0, zone);
        if (!address.matches("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*") || zone == text.length() - 1) {
            return false;
        }
        try {
            // In brackets it is taken for a literal and never looked up.
            InetAddress.getByName("[" + address + "]");
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
