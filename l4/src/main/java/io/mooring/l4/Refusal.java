package io.mooring.l4;

import io.mooring.balancer.topology.ListenerSpec.Protocol;

/** Why a listener turned a client away. */
public enum Refusal {
    /** As many connections were open as may be. */
    CONNECTION_LIMIT("connection-limit"),
    /** As many connections had been accepted in the last second as may be. */
    RATE_LIMIT("rate-limit"),
    /** It came from elsewhere than a proxy, where only proxies may come from. */
    UNTRUSTED_PROXY("untrusted-proxy"),
    /** It did not begin with a header of the PROXY protocol, or with one that is malformed. */
    BAD_PROXY_HEADER("bad-proxy-header"),
    /** Its header of the PROXY protocol was not there in time. */
    PROXY_HEADER_TIMEOUT("proxy-header-timeout"),
    /** Its TLS handshake failed. */
    HANDSHAKE_FAILED("handshake-failed"),
    /** Its TLS handshake took too long. */
    HANDSHAKE_TIMEOUT("handshake-timeout"),
    /** It sent nothing in the time for its first byte. */
    FIRST_BYTE_TIMEOUT("first-byte-timeout");

    private final String key;

    Refusal(String key) {
        this.key = key;
    }

    /** The name in metrics. */
    public String key() {
        return key;
    }

    /** Whether listeners of a protocol turn clients away for it. */
    public boolean isOf(Protocol protocol) {
        return switch (this) {
            case HANDSHAKE_FAILED, HANDSHAKE_TIMEOUT -> protocol == Protocol.TLS;
            case CONNECTION_LIMIT,
                    RATE_LIMIT,
                    UNTRUSTED_PROXY,
                    BAD_PROXY_HEADER,
                    PROXY_HEADER_TIMEOUT,
                    FIRST_BYTE_TIMEOUT -> protocol != Protocol.UDP;
        };
    }
}
