package io.mooring.gateway.revocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.CookieAttributes;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Revocations;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.SessionContext;
import io.mooring.balancer.session.SessionTimeouts;
import io.mooring.balancer.source.SourceAddress;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.topology.Topology;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.Backend;
import io.mooring.gateway.reload.UnkeptChangeException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevocationKeeperTest {

    private static final Instant NOW = Instant.parse("2026-03-01T08:00:00.123456789Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);

    @TempDir
    Path directory;

    @Test
    void whatWasAcceptedIsReadAgainHoweverMuchItIs() throws Exception {
        RevocationKeeper keeper = RevocationKeeper.of(directory, CLOCK);
        Revocations full = full();
        List<Scope> accepted = new ArrayList<>();
        List<Scope> scopes = scopes(12);
        Path file = directory.resolve(RevocationKeeper.NAME);

        assertThatThrownBy(() -> {
                    for (Scope scope : scopes) {
                        keeper.revoke(scope, ended -> full);
                        accepted.add(scope);
                    }
                })
                .isInstanceOf(UnkeptChangeException.class)
                .hasMessageContaining("bytes (expected: 4194304 or fewer)");
        assertThat(Files.size(file)).isBetween(3L << 20, 4L << 20);

        RevocationKeeper next = RevocationKeeper.of(directory, CLOCK);
        for (Scope scope : scopes) {
            Revocations expected = accepted.contains(scope) ? full : Revocations.NONE;
            assertThat(keeper.of(scope.id())).isEqualTo(expected);
            assertThat(scope.revocations()).contains(expected);
            assertThat(next.of(scope.id())).isEqualTo(expected);
        }
    }

    /** As much as a scope may have. */
    private static Revocations full() throws UnknownHostException {
        Map<String, Integer> backends = new HashMap<>();
        Map<SourceAddress, Instant> clients = new HashMap<>();
        for (int i = 0; i < Revocations.MAX_ENTRIES; i++) {
            backends.put("backend-" + i, i);
            byte[] address = ByteBuffer.allocate(16)
                    .putInt(0x20010db8)
                    .putInt(0x10000000 + i)
                    .array();
            clients.put(Revocations.PREFIXES.of(InetAddress.getByAddress(address)), NOW);
        }
        return new Revocations(7, backends, clients);
    }

    private static List<Scope> scopes(int count) {
        Policy policy = new Policy(
                Balancing.WEIGHTED_ROUND_ROBIN,
                new Persistence.Cookie(
                        new SessionTimeouts(Duration.ofMinutes(5), null), false, CookieAttributes.named("session")));
        List<UpstreamSpec> upstreams = IntStream.range(0, count)
                .mapToObj(i -> new UpstreamSpec("shop-" + i, policy, List.of(new Backend("a", "127.0.0.1", 1, 10))))
                .toList();
        KeyRing keys = new KeyRing(List.of(new SigningKey("k", new byte[32])));
        Fleet fleet = new Fleet(
                new Topology(upstreams, List.of(), List.of()),
                new SessionContext(keys, Ticker.system(), InstantSource.system(), new Random(1)));
        return List.copyOf(fleet.scopes());
    }
}
