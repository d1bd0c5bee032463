package io.mooring.balancer.topology;

import java.util.List;
import java.util.Optional;

/**
 * How TLS is spoken with an upstream's backends.
 *
 * @param bundle name of what is trusted, and of the certificate to show, if there is one
 * @param serverName what backends are asked for and verified against; each one's own host if absent
 * @param verifyHostname whether a backend's certificate must be for its name; that it is trusted is always verified
 * @param alpn application protocols to offer; of those, only what was negotiated with a client that came over TLS
 */
public record BackendTlsSpec(String bundle, Optional<String> serverName, boolean verifyHostname, List<String> alpn) {

    public BackendTlsSpec {
        alpn = List.copyOf(alpn);
    }
}
