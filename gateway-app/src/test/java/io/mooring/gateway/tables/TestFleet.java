package io.mooring.gateway.tables;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Decision;
import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.session.SessionContext;
import io.mooring.balancer.session.SessionDirectory;
import io.mooring.balancer.session.SessionTimeouts;
import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.topology.Topology;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.Backend;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;

/** A fleet of one upstream, {@code db}, whose clients are known by their address. */
final class TestFleet {

    final Fleet fleet;
    final Scope scope;

    TestFleet() {
        Policy policy = new Policy(
                Balancing.WEIGHTED_ROUND_ROBIN,
                new Persistence.SourceIp(
                        new SessionTimeouts(Duration.ofHours(1), null), false, SourcePrefixes.DEFAULT, 1_000_000));
        List<Backend> backends = List.of(new Backend("a", "127.0.0.1", 1, 10), new Backend("b", "127.0.0.1", 2, 10));
        KeyRing keys = new KeyRing(List.of(new SigningKey("k", new byte[32])));
        fleet = new Fleet(
                new Topology(List.of(new UpstreamSpec("db", policy, backends)), List.of(), List.of()),
                new SessionContext(keys, Ticker.system(), InstantSource.system(), new Random(1)));
        scope = fleet.upstreamScope("db").orElseThrow();
    }

    ScopeId id() {
        return scope.id();
    }

    SessionDirectory sessions() {
        return scope.directory().orElseThrow();
    }

    Outcome visit(int client) {
        try (Decision decision = scope.decide(client(client), List.of())) {
            return decision.outcome();
        }
    }

    void visits(int clients) {
        for (int client = 0; client < clients; client++) {
            visit(client);
        }
    }

    private static InetAddress client(int number) {
        try {
            return InetAddress.getByAddress(
                    ByteBuffer.allocate(4).putInt(0x0a000000 + number).array());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
