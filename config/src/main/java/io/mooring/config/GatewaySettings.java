package io.mooring.config;

import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.topology.Topology;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a valid configuration says. Immutable; its string form contains no secret.
 *
 * @param topology the upstreams, routes and listeners
 * @param keepaliveTimeout how long a client's idle HTTP connection stays open; zero closes it after each response
 * @param reloadInterval how often the configuration files are looked at; zero never
 * @param sharePorts whether ports are opened that another gateway has open
 * @param dataDir keeps what must outlive a restart; need not exist
 * @param saveInterval how often the source tables are saved there; zero keeps none over a restart
 * @param keys what authenticates session cookies: the first signs, all verify; empty when none is configured
 * @param users who may use the management port; empty for whoever is on this machine
 */
public record GatewaySettings(
        Topology topology,
        Duration keepaliveTimeout,
        Duration reloadInterval,
        boolean sharePorts,
        Path dataDir,
        Duration saveInterval,
        List<SigningKey> keys,
        List<AdminUser> users) {

    public GatewaySettings {
        keys = List.copyOf(keys);
        users = List.copyOf(users);
    }

    /** The same, but for the upstreams, routes and listeners. */
    public GatewaySettings with(Topology other) {
        return new GatewaySettings(
                other, keepaliveTimeout, reloadInterval, sharePorts, dataDir, saveInterval, keys, users);
    }
}
