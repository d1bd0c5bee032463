package io.mooring.config;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.SessionTimeouts;
import io.mooring.balancer.source.SourcePrefixes;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * A policy as it was bound, with what it inherits.
 *
 * @param scope the name of the scope that it makes: an upstream's or listener's name, or a route's id
 * @param at what declares it
 * @param balancingAt where its balancing is declared
 * @param balancing its balancing
 * @param persistenceAt where its persistence is declared
 * @param persistence its persistence
 */
record DeclaredPolicy(
        String scope,
        ConfigurationPropertyName at,
        ConfigurationPropertyName balancingAt,
        Balancing balancing,
        ConfigurationPropertyName persistenceAt,
        PersistenceProperties persistence) {

    /** The policy of those that inherit nothing. */
    static DeclaredPolicy defaultAt(ConfigurationPropertyName at) {
        UpstreamProperties defaults = new Binder().bindOrCreate("default", UpstreamProperties.class);
        return new DeclaredPolicy(
                "", at, at.append("balancing"), defaults.balancing(), at.append("persistence"), defaults.persistence());
    }

    /** The policy of a route or listener that leads here: what it does not declare is inherited. */
    DeclaredPolicy overriddenBy(
            String scope,
            ConfigurationPropertyName at,
            @Nullable Balancing ownBalancing,
            @Nullable PersistenceProperties ownPersistence) {
        return new DeclaredPolicy(
                scope,
                at,
                ownBalancing == null ? balancingAt : at.append("balancing"),
                ownBalancing == null ? balancing : ownBalancing,
                ownPersistence == null ? persistenceAt : at.append("persistence"),
                ownPersistence == null ? persistence : ownPersistence);
    }

    /** Whether its persistence is its own rather than inherited. */
    boolean declaresPersistence() {
        return at.equals(persistenceAt.getParent());
    }

    /** Where its cookie's name is declared, or would be. */
    ConfigurationPropertyName cookieNameAt() {
        return at.append("persistence.cookie.name");
    }

    /** The policy, which must be valid. */
    Policy toPolicy() {
        return new Policy(
                balancing,
                switch (persistence.type()) {
                    case NONE -> new Persistence.None();
                    case COOKIE ->
                        new Persistence.Cookie(
                                timeouts(),
                                persistence.strict(),
                                persistence.cookie().attributes(scope));
                    case SOURCE_IP ->
                        new Persistence.SourceIp(
                                timeouts(),
                                persistence.strict(),
                                new SourcePrefixes(
                                        persistence.source().ipv4Prefix(),
                                        persistence.source().ipv6Prefix()),
                                persistence.source().maxEntries(),
                                persistence.source().share().share());
                });
    }

    private SessionTimeouts timeouts() {
        return new SessionTimeouts(persistence.idleTimeout(), persistence.absoluteTimeout());
    }
}
