package io.mooring.balancer.upstream;

import java.util.Objects;

/**
 * One server of an upstream, as configured.
 *
 * @param id stable within its upstream; sessions are bound to it, not to the address
 * @param host a host name or an IP literal without brackets
 * @param port 1-65535
 * @param weight 0-100; 0 takes no new session and keeps serving those bound to it
 * @param admin what its operator wants of it
 */
public record Backend(String id, String host, int port, int weight, AdminState admin) {

    /** The weight of a backend that declares none. */
    public static final int DEFAULT_WEIGHT = 10;

    /** The largest weight. */
    public static final int MAX_WEIGHT = 100;

    public Backend {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(admin, "admin");
        if (id.isBlank()) {
            throw new IllegalArgumentException("id: \"" + id + "\" (expected: a name)");
        }
        if (host.isBlank()) {
            throw new IllegalArgumentException("host: \"" + host + "\" (expected: a host name or an IP address)");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1-65535)");
        }
        if (weight < 0 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: 0-" + MAX_WEIGHT + ")");
        }
    }

    /** A backend that is to serve if it can. */
    public Backend(String id, String host, int port, int weight) {
        this(id, host, port, weight, AdminState.READY);
    }

    /** The address as {@code host:port}, an IPv6 literal in brackets. */
    public String address() {
        return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }
}
