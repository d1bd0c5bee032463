package io.mooring.balancer.topology;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a listener leads clients by the server name that they ask for in their TLS hello.
 *
 * @param upstreams upstreams' names by host name, or by {@code *.} and a host name for all below it; in lower case
 * @param timeout how long the hello of a client is waited for where TLS is not terminated
 */
public record ServerNameSpec(Map<String, String> upstreams, Duration timeout) {

    /** The timeout of a listener that declares none. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(3);

    /** Leads no client anywhere. */
    public static final ServerNameSpec NONE = new ServerNameSpec(Map.of(), DEFAULT_TIMEOUT);

    public ServerNameSpec {
        upstreams = Collections.unmodifiableMap(new LinkedHashMap<>(upstreams));
    }
}
