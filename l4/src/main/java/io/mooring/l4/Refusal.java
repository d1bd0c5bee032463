package io.mooring.l4;

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
}
