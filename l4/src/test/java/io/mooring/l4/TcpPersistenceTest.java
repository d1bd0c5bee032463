package io.mooring.l4;

import static io.mooring.l4.TestGateway.BALANCED;
import static io.mooring.l4.TestGateway.IDLE;
import static io.mooring.l4.TestGateway.STICKY;
import static io.mooring.l4.TestGateway.connect;
import static io.mooring.l4.TestGateway.sticky;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.SessionTimeouts;
import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.BackendState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TcpPersistenceTest {

    private static final String CLIENT = "127.0.0.2";
    private static final Policy ABSOLUTE = sticky(Duration.ofSeconds(60), false);
    private static final Policy STRICT = sticky(null, true);
    private static final Persistence SOURCE =
            new Persistence.SourceIp(new SessionTimeouts(IDLE, null), false, SourcePrefixes.DEFAULT, 1_000);

    private final List<TcpBackend> backends = new ArrayList<>();

    @BeforeEach
    void startBackends() throws Exception {
        for (String id : List.of("a", "b", "c")) {
            backends.add(TcpBackend.echo(id));
        }
    }

    @AfterEach
    void stopBackends() throws Exception {
        for (TcpBackend backend : backends) {
            backend.close();
        }
    }

    @Test
    void aLongConnectionStaysOnItsBackendAndTheNextGoesWhereItsSessionSays() throws Exception {
        try (TestGateway gateway = gateway(STICKY)) {
            BoundListener listener = gateway.tcp();
            String first;
            try (Socket client = connect(listener, CLIENT)) {
                first = TcpBackend.readId(client.getInputStream());
                gateway.sessionTime.advance(IDLE.multipliedBy(100));
                client.getOutputStream().write('x');
                assertThat(client.getInputStream().read()).isEqualTo('x');
                client.shutdownOutput();
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(gateway.ended().outcome()).isEqualTo(Outcome.NEW);

            gateway.sessionTime.advance(IDLE.minusSeconds(1));
            ConnectionRecord within = gateway.visit(listener, CLIENT);
            assertThat(within.outcome()).isEqualTo(Outcome.KEPT);
            assertThat(within.backend()).isEqualTo(first);

            gateway.sessionTime.advance(IDLE);
            ConnectionRecord after = gateway.visit(listener, CLIENT);
            assertThat(after.outcome()).isEqualTo(Outcome.IDLE_EXPIRED);
            assertThat(after.backend()).isNotEqualTo(first);
        }
    }

    @Test
    void withoutPersistenceAReopenedConnectionGoesElsewhere() throws Exception {
        try (TestGateway gateway = gateway(BALANCED)) {
            BoundListener listener = gateway.tcp();
            List<String> visited = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                ConnectionRecord record = gateway.visit(listener, CLIENT);
                assertThat(record.outcome()).isEqualTo(Outcome.OFF);
                visited.add(record.backend());
            }
            assertThat(visited.subList(0, 3)).containsExactlyInAnyOrder("a", "b", "c");
            assertThat(visited.subList(3, 6)).isEqualTo(visited.subList(0, 3));
        }
    }

    @Test
    void anOpenConnectionHoldsTheSessionHoweverLongItIs() throws Exception {
        try (TestGateway gateway = gateway(STICKY)) {
            BoundListener listener = gateway.tcp();
            try (Socket client = connect(listener, CLIENT)) {
                String id = TcpBackend.readId(client.getInputStream());
                gateway.sessionTime.advance(IDLE.multipliedBy(10));
                ConnectionRecord beside = gateway.visit(listener, CLIENT);
                assertThat(beside.outcome()).isEqualTo(Outcome.KEPT);
                assertThat(beside.backend()).isEqualTo(id);
            }
        }
    }

    @Test
    void aConnectionIsNotMovedWhenItsBackendIsTakenOut() throws Exception {
        try (TestGateway gateway = gateway(STICKY)) {
            BoundListener listener = gateway.tcp();
            try (Socket client = connect(listener, CLIENT)) {
                String id = TcpBackend.readId(client.getInputStream());
                gateway.upstream.setState(id, BackendState.DOWN);
                client.getOutputStream().write('x');
                assertThat(client.getInputStream().read()).isEqualTo('x');
            }
        }
    }

    @Test
    void addressesAreKeptApart() throws Exception {
        try (TestGateway gateway = gateway(STICKY)) {
            BoundListener listener = gateway.tcp();
            Set<String> chosen = new HashSet<>();
            for (String client : List.of("127.0.0.2", "127.0.0.3", "127.0.0.4")) {
                chosen.add(gateway.visit(listener, client).backend());
            }
            assertThat(chosen).containsExactlyInAnyOrder("a", "b", "c");
        }
    }

    @Test
    void addressesAreKeptApartOnTheWildcardAddressToo() throws Exception {
        try (TestGateway gateway = gateway(STICKY)) {
            BoundListener listener = gateway.bind(
                    TestListener.of(Protocol.TCP).address("0.0.0.0").spec());
            assertThat(gateway.visit(listener, "127.0.0.2").client().getAddress())
                    .isEqualTo(loopback("127.0.0.2"));
            assertThat(gateway.visit(listener, "127.0.0.3").outcome()).isEqualTo(Outcome.NEW);
            assertThat(gateway.visit(listener, "127.0.0.2").outcome()).isEqualTo(Outcome.KEPT);
        }
    }

    static Stream<Arguments> outcomes() {
        return Stream.of(
                row("no persistence", BALANCED, (gateway, bound) -> {}, Outcome.OFF, false),
                row(
                        "least connections",
                        new Policy(Balancing.WEIGHTED_LEAST_CONNECTIONS, new Persistence.None()),
                        (gateway, bound) -> {},
                        Outcome.OFF,
                        false),
                row(
                        "ip-hash",
                        new Policy(Balancing.IP_HASH, new Persistence.None()),
                        (gateway, bound) -> {},
                        Outcome.HASHED,
                        true),
                row(
                        "ip-hash with its own persistence, any time later",
                        new Policy(Balancing.IP_HASH, SOURCE),
                        (gateway, bound) -> gateway.sessionTime.advance(Duration.ofDays(1)),
                        Outcome.HASHED,
                        true),
                row(
                        "soon",
                        STICKY,
                        (gateway, bound) -> gateway.sessionTime.advance(IDLE.minusNanos(1)),
                        Outcome.KEPT,
                        true),
                row("late", STICKY, (gateway, bound) -> gateway.sessionTime.advance(IDLE), Outcome.IDLE_EXPIRED, false),
                row(
                        "draining",
                        STICKY,
                        (gateway, bound) -> gateway.upstream.setState(bound, BackendState.DRAINING),
                        Outcome.KEPT,
                        true),
                row(
                        "down",
                        STICKY,
                        (gateway, bound) -> gateway.upstream.setState(bound, BackendState.DOWN),
                        Outcome.MOVED,
                        false),
                row(
                        "maintenance",
                        STICKY,
                        (gateway, bound) -> gateway.upstream.setState(bound, BackendState.MAINTENANCE),
                        Outcome.MOVED,
                        false),
                row("gone", STICKY, TcpPersistenceTest::remove, Outcome.MOVED, false),
                row("weight 0", STICKY, TcpPersistenceTest::weighNothing, Outcome.KEPT, true),
                row(
                        "revoked",
                        STICKY,
                        (gateway, bound) -> gateway.scope.revoke(loopback(CLIENT)),
                        Outcome.REVOKED,
                        false),
                row(
                        "backend revoked",
                        STICKY,
                        (gateway, bound) -> gateway.scope.revokeBackend(bound),
                        Outcome.REVOKED,
                        false),
                row("all revoked", STICKY, (gateway, bound) -> gateway.scope.revokeAll(), Outcome.REVOKED, false));
    }

    @ParameterizedTest(name = "{0}: {3}")
    @MethodSource("outcomes")
    void aSecondConnectionHasTheOutcomeOfTheTable(
            String when, Policy policy, BiConsumer<TestGateway, String> then, Outcome expected, boolean sameBackend)
            throws Exception {
        try (TestGateway gateway = gateway(policy)) {
            BoundListener listener = gateway.tcp();
            ConnectionRecord first = gateway.visit(listener, CLIENT);
            then.accept(gateway, first.backend());

            ConnectionRecord second = gateway.visit(listener, CLIENT);

            assertThat(second.outcome()).isEqualTo(expected);
            assertThat(second.ending()).isEqualTo(Ending.COMPLETED);
            if (sameBackend) {
                assertThat(second.backend()).isEqualTo(first.backend());
            } else {
                assertThat(second.backend()).isNotEqualTo(first.backend());
            }
            assertThat(gateway.scope.outcomes(expected)).isEqualTo(first.outcome() == expected ? 2 : 1);
        }
    }

    @Test
    void aSessionEndsAtItsAbsoluteTimeoutHoweverBusy() throws Exception {
        try (TestGateway gateway = gateway(ABSOLUTE)) {
            BoundListener listener = gateway.tcp();
            assertThat(gateway.visit(listener, CLIENT).outcome()).isEqualTo(Outcome.NEW);
            for (int i = 0; i < 2; i++) {
                gateway.sessionTime.advance(Duration.ofSeconds(25));
                assertThat(gateway.visit(listener, CLIENT).outcome()).isEqualTo(Outcome.KEPT);
            }
            gateway.sessionTime.advance(Duration.ofSeconds(10));
            assertThat(gateway.visit(listener, CLIENT).outcome()).isEqualTo(Outcome.MAX_EXPIRED);
            assertThat(gateway.visit(listener, CLIENT).outcome()).isEqualTo(Outcome.KEPT);
        }
    }

    @Test
    void aStrictPolicyRefusesAClientWhoseBackendIsDown() throws Exception {
        try (TestGateway gateway = gateway(STRICT)) {
            BoundListener listener = gateway.tcp();
            String bound = gateway.visit(listener, CLIENT).backend();
            gateway.upstream.setState(bound, BackendState.DOWN);

            try (Socket client = connect(listener, CLIENT)) {
                TcpRelayContract.assertReset(client);
            }

            ConnectionRecord record = gateway.ended();
            assertThat(record.outcome()).isEqualTo(Outcome.MOVED);
            assertThat(record.ending()).isEqualTo(Ending.REFUSED);
            assertThat(record.backend()).isNull();
            gateway.upstream.setState(bound, BackendState.READY);
            assertThat(gateway.visit(listener, CLIENT).backend()).isEqualTo(bound);
        }
    }

    private TestGateway gateway(Policy policy) {
        return TestGateway.of(
                policy,
                backends.get(0).spec(),
                backends.get(1).spec(),
                backends.get(2).spec());
    }

    private static void remove(TestGateway gateway, String id) {
        gateway.upstream.replaceBackends(gateway.upstream.snapshot().members().stream()
                .filter(member -> !member.id().equals(id))
                .map(member -> member.backend())
                .toList());
    }

    private static void weighNothing(TestGateway gateway, String id) {
        gateway.upstream.replaceBackends(gateway.upstream.snapshot().members().stream()
                .map(member -> member.backend())
                .map(backend -> backend.id().equals(id) ? new Backend(id, backend.host(), backend.port(), 0) : backend)
                .toList());
    }

    private static InetAddress loopback(String address) {
        return new InetSocketAddress(address, 0).getAddress();
    }

    private static Arguments row(
            String when, Policy policy, BiConsumer<TestGateway, String> then, Outcome expected, boolean sameBackend) {
        return arguments(when, policy, then, expected, sameBackend);
    }
}
