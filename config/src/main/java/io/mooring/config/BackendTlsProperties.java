package io.mooring.config;

import io.mooring.balancer.topology.BackendTlsSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How TLS is spoken with an upstream's backends, for listeners of protocol tcp and tls.
 *
 * @param bundle SSL bundle (spring.ssl.bundle) whose truststore vouches for the backends, or what the JDK trusts if it
 *     has none; its keystore, if it has one, is shown to backends that ask. Required.
 * @param serverName Host name that backends are asked for and that their certificates must be for; the host of each
 *     backend's address, if not set.
 * @param verifyHostname Whether a backend's certificate must be for its name. That it is trusted is always verified.
 * @param alpn Application protocols to offer, the preferred first. To a client that came over TLS, a backend is only
 *     offered what was negotiated with the client. Nothing is offered, if not set.
 */
record BackendTlsProperties(
        @Nullable String bundle,
        @Nullable String serverName,
        @DefaultValue("true") boolean verifyHostname,
        @DefaultValue List<String> alpn) {

    /** The same, which must be valid. */
    BackendTlsSpec toSpec() {
        return new BackendTlsSpec(
                Objects.requireNonNull(bundle, "the check has found it"),
                Optional.ofNullable(serverName),
                verifyHostname,
                alpn);
    }
}
