package io.mooring.l4;

import static io.mooring.l4.TestGateway.BALANCED;
import static io.mooring.l4.TestGateway.IDLE;
import static io.mooring.l4.TestGateway.STICKY;
import static io.mooring.l4.TestGateway.sticky;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.BackendState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class UdpListenerTest {

    private static final String CLIENT = "127.0.0.2";

    static Stream<Named<Function<Backend[], TestGateway>>> transports() {
        return Stream.of(
                Named.of("native where it is there", backends -> TestGateway.of(STICKY, backends)),
                Named.of("the JDK's", backends -> TestGateway.onNio(STICKY, backends)));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void datagramsOfOneAddressReachOneBackendFromWhicheverPort(Function<Backend[], TestGateway> transport)
            throws Exception {
        try (UdpBackend a = UdpBackend.echo("a");
                UdpBackend b = UdpBackend.echo("b");
                UdpBackend c = UdpBackend.echo("c");
                TestGateway gateway = transport.apply(new Backend[] {a.spec(), b.spec(), c.spec()})) {
            BoundListener listener = gateway.udp();
            Set<String> answered = new HashSet<>();
            // Open all the time, so that no port is given to two of them.
            try (Clients clients = new Clients(listener, 10)) {
                for (UdpClient client : clients.all) {
                    answered.add(client.ask("hello"));
                    answered.add(client.ask("hello"));
                }
            }
            assertThat(answered).hasSize(1);
            assertThat(listener.open()).isEqualTo(10);
            Set<String> others = new HashSet<>();
            for (String address : List.of("127.0.0.3", "127.0.0.4", "127.0.0.5")) {
                try (UdpClient client = new UdpClient(listener, address)) {
                    others.add(client.ask("hello"));
                }
            }
            assertThat(others).hasSize(3);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void theLargestDatagramsPassBothWays(Function<Backend[], TestGateway> transport) throws Exception {
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = transport.apply(new Backend[] {backend.spec()})) {
            BoundListener listener = gateway.udp();
            byte[] question = new byte[UdpBackend.LARGEST];
            new Random(1).nextBytes(question);
            question[0] = 'a';
            try (UdpClient client = new UdpClient(listener, CLIENT)) {
                for (int i = 0; i < 20; i++) {
                    client.send(question);
                    assertThat(client.receive()).isEqualTo(question);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void everyClientIsAnsweredWithItsOwn(Function<Backend[], TestGateway> transport) throws Exception {
        int clients = 300;
        int rounds = 5;
        try (UdpBackend a = UdpBackend.echo("a");
                UdpBackend b = UdpBackend.echo("b");
                TestGateway gateway = transport.apply(new Backend[] {a.spec(), b.spec()})) {
            BoundListener listener = gateway.udp();
            List<UdpClient> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                all.add(new UdpClient(listener, "127.0.1." + (i % 250 + 1)));
            }
            for (int round = 0; round < rounds; round++) {
                for (int first = 0; first < clients; first += 50) {
                    for (int i = first; i < first + 50; i++) {
                        all.get(i).send("client " + i + " round " + round);
                    }
                    for (int i = first; i < first + 50; i++) {
                        assertThat(new String(all.get(i).receive(), StandardCharsets.US_ASCII))
                                .endsWith("client " + i + " round " + round);
                    }
                }
            }
            assertThat(listener.open()).isEqualTo(clients);
            assertThat(gateway.activity("a").active() + gateway.activity("b").active())
                    .isEqualTo(clients);
            all.forEach(UdpClient::close);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aBackendThatNobodyListensOnGivesWayToTheNext(Function<Backend[], TestGateway> transport) throws Exception {
        Backend dead = gone();
        try (UdpBackend alive = UdpBackend.echo("a");
                TestGateway gateway = transport.apply(new Backend[] {dead, alive.spec()})) {
            BoundListener listener = gateway.udp();
            for (String address : List.of("127.0.0.2", "127.0.0.3")) {
                try (UdpClient client = new UdpClient(listener, address)) {
                    assertThat(client.insist("hello")).isEqualTo("ahello");
                }
                try (UdpClient client = new UdpClient(listener, address)) {
                    assertThat(client.ask("hello")).isEqualTo("ahello");
                }
            }
            assertThat(gateway.activity("d").active()).isZero();
        }
    }

    @Test
    void aFlowWhoseBackendDiesEndsAndTheNextDatagramIsDecidedAnew() throws Exception {
        UdpBackend first = UdpBackend.echo("f");
        try (UdpBackend second = UdpBackend.echo("s");
                TestGateway gateway = TestGateway.of(STICKY, first.spec())) {
            BoundListener listener = gateway.udp();
            try (UdpClient client = new UdpClient(listener, CLIENT)) {
                assertThat(client.ask("hello")).isEqualTo("fhello");
                gateway.upstream.replaceBackends(List.of(first.spec(), second.spec()));
                first.close();

                assertThat(client.insist("hello")).isEqualTo("shello");

                ConnectionRecord record = gateway.ended();
                assertThat(record.ending()).isEqualTo(Ending.BACKEND_ABORTED);
                assertThat(record.outcome()).isEqualTo(Outcome.NEW);
                assertThat(record.datagramsFromBackend()).isEqualTo(1);
                assertThat(gateway.scope.outcomes(Outcome.MOVED)).isEqualTo(1);
            }
        }
    }

    @Test
    void aClientWithoutABackendIsDecidedOnceASecondHoweverMuchItSends() throws Exception {
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.udp();
            gateway.upstream.setState("a", BackendState.MAINTENANCE);
            try (UdpClient client = new UdpClient(listener, CLIENT)) {
                for (int i = 0; i < 100; i++) {
                    client.send("anyone?");
                }
                Eventually.await("all are dropped", () -> listener.droppedDatagrams() == 100);
                assertThat(gateway.ended().ending()).isEqualTo(Ending.NO_BACKEND);
                assertThat(gateway.hasEnded()).isFalse();
                assertThat(listener.open()).isZero();

                gateway.upstream.setState("a", BackendState.READY);
                assertThat(client.insist("hello")).isEqualTo("ahello");
            }
        }
    }

    @Test
    void aSilentFlowEndsAndItsBytesAreKnown() throws Exception {
        ListenerSpec spec = TestGateway.spec(Protocol.UDP, Duration.ofMillis(300), ListenerSpec.DEFAULT_CONNECT, 10);
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec());
                UdpClient client = new UdpClient(gateway.bind(spec), CLIENT)) {
            for (int i = 0; i < 6; i++) {
                assertThat(client.ask("hello")).isEqualTo("ahello");
                assertThat(Eventually.holdsWithin(Duration.ofMillis(100), gateway::hasEnded))
                        .isFalse();
            }
            ConnectionRecord record = gateway.ended();
            assertThat(record.ending()).isEqualTo(Ending.IDLE);
            assertThat(record.protocol()).isEqualTo(Protocol.UDP);
            assertThat(record.backend()).isEqualTo("a");
            assertThat(record.datagramsToBackend()).isEqualTo(6);
            assertThat(record.bytesToBackend()).isEqualTo(30);
            assertThat(record.datagramsFromBackend()).isEqualTo(6);
            assertThat(record.bytesFromBackend()).isEqualTo(36);
            assertThat(record.duration()).isBetween(Duration.ofMillis(800), Duration.ofSeconds(5));
            assertThat(gateway.activity("a").bytesToBackend()).isEqualTo(30);
            assertThat(gateway.activity("a").bytesFromBackend()).isEqualTo(36);
            assertThat(gateway.activity("a").active()).isZero();
        }
    }

    @Test
    void theFlowOfTheLongestSilentNewcomerGivesWayWhenThereAreTooMany() throws Exception {
        ListenerSpec spec =
                TestGateway.spec(Protocol.UDP, ListenerSpec.DEFAULT_UDP_IDLE, ListenerSpec.DEFAULT_CONNECT, 2);
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(spec);
            try (UdpClient one = new UdpClient(listener, "127.0.0.2");
                    UdpClient two = new UdpClient(listener, "127.0.0.3");
                    UdpClient three = new UdpClient(listener, "127.0.0.4")) {
                one.ask("hello");
                two.ask("hello");
                one.ask("hello");

                three.ask("hello");

                ConnectionRecord record = gateway.ended();
                assertThat(record.ending()).isEqualTo(Ending.EVICTED);
                assertThat(record.client().getAddress().getHostAddress()).isEqualTo("127.0.0.3");
                assertThat(listener.open()).isEqualTo(2);
                assertThat(two.ask("hello")).isEqualTo("ahello");
                assertThat(gateway.ended().client().getAddress().getHostAddress())
                        .isEqualTo("127.0.0.4");
            }
        }
    }

    @Test
    void aSessionIsKeptByDatagramsAndEndsWithSilence() throws Exception {
        try (UdpBackend a = UdpBackend.echo("a");
                UdpBackend b = UdpBackend.echo("b");
                TestGateway gateway = TestGateway.of(STICKY, a.spec(), b.spec())) {
            BoundListener listener = gateway.udp();
            try (UdpClient client = new UdpClient(listener, CLIENT)) {
                String first = client.ask("x");
                for (int i = 0; i < 3; i++) {
                    gateway.sessionTime.advance(IDLE.minusSeconds(1));
                    assertThat(client.ask("x")).isEqualTo(first);
                }
                gateway.sessionTime.advance(IDLE.minusSeconds(1));
                assertThat(askAnew(listener)).isEqualTo(first);
                assertThat(gateway.scope.outcomes(Outcome.KEPT)).isEqualTo(1);

                gateway.sessionTime.advance(IDLE);
                assertThat(askAnew(listener)).isNotEqualTo(first);
                assertThat(gateway.scope.outcomes(Outcome.IDLE_EXPIRED)).isEqualTo(1);
            }
        }
    }

    static Stream<Arguments> outcomes() {
        return Stream.of(
                arguments(named("draining", state(BackendState.DRAINING)), Outcome.KEPT, true),
                arguments(named("down", state(BackendState.DOWN)), Outcome.MOVED, false),
                arguments(named("maintenance", state(BackendState.MAINTENANCE)), Outcome.MOVED, false),
                arguments(
                        named("revoked", (Change) (gateway, bound) -> gateway.scope.revokeBackend(bound)),
                        Outcome.REVOKED,
                        false));
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void aSecondFlowHasTheOutcomeOfTheTable(Change change, Outcome expected, boolean sameBackend) throws Exception {
        try (UdpBackend a = UdpBackend.echo("a");
                UdpBackend b = UdpBackend.echo("b");
                TestGateway gateway = TestGateway.of(STICKY, a.spec(), b.spec())) {
            BoundListener listener = gateway.udp();
            String first = askAnew(listener);
            change.make(gateway, first.substring(0, 1));

            assertThat(askAnew(listener).equals(first)).isEqualTo(sameBackend);

            assertThat(gateway.scope.outcomes(Outcome.NEW)).isEqualTo(1);
            assertThat(gateway.scope.outcomes(expected)).isEqualTo(1);
        }
    }

    static Stream<Named<Policy>> unheld() {
        return Stream.of(
                Named.of("none", BALANCED),
                Named.of(
                        "least connections", new Policy(Balancing.WEIGHTED_LEAST_CONNECTIONS, new Persistence.None())));
    }

    @ParameterizedTest
    @MethodSource("unheld")
    void withoutPersistenceFlowsAreBalancedOneByOne(Policy policy) throws Exception {
        try (UdpBackend a = UdpBackend.echo("a");
                UdpBackend b = UdpBackend.echo("b");
                TestGateway gateway = TestGateway.of(policy, a.spec(), b.spec())) {
            BoundListener listener = gateway.udp();
            List<UdpClient> clients = new ArrayList<>();
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                UdpClient client = new UdpClient(listener, CLIENT);
                clients.add(client);
                answers.add(client.ask("x"));
                assertThat(client.ask("x")).isEqualTo(answers.get(i));
            }
            assertThat(answers).containsExactlyInAnyOrder("ax", "ax", "bx", "bx");
            assertThat(gateway.scope.outcomes(Outcome.OFF)).isEqualTo(4);
            clients.forEach(UdpClient::close);
        }
    }

    @Test
    void ipHashSendsAnAddressToOneBackend() throws Exception {
        Policy hash = new Policy(Balancing.IP_HASH, new Persistence.None());
        try (UdpBackend a = UdpBackend.echo("a");
                UdpBackend b = UdpBackend.echo("b");
                TestGateway gateway = TestGateway.of(hash, a.spec(), b.spec())) {
            BoundListener listener = gateway.udp();
            Set<String> answers = new HashSet<>();
            for (int i = 0; i < 5; i++) {
                try (UdpClient client = new UdpClient(listener, CLIENT)) {
                    answers.add(client.ask("x"));
                }
            }
            assertThat(answers).hasSize(1);
            assertThat(gateway.scope.outcomes(Outcome.HASHED)).isEqualTo(5);
        }
    }

    @Test
    void aStrictPolicyAnswersNobodyWhoseBackendIsDown() throws Exception {
        try (UdpBackend a = UdpBackend.echo("a");
                UdpBackend b = UdpBackend.echo("b");
                TestGateway gateway = TestGateway.of(sticky(null, true), a.spec(), b.spec())) {
            BoundListener listener = gateway.udp();
            String bound = askAnew(listener).substring(0, 1);
            gateway.upstream.setState(bound, BackendState.DOWN);
            try (UdpClient client = new UdpClient(listener, CLIENT)) {
                client.send("hello");
                assertThat(client.hears(200)).isFalse();
                ConnectionRecord record = gateway.ended();
                assertThat(record.ending()).isEqualTo(Ending.REFUSED);
                assertThat(record.outcome()).isEqualTo(Outcome.MOVED);
                assertThat(record.backend()).isNull();
            }
        }
    }

    @Test
    void stoppingLetsAnAnswerComeAndTakesNoNewClient() throws Exception {
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.udp();
            try (UdpClient client = new UdpClient(listener, "127.0.0.2");
                    UdpClient late = new UdpClient(listener, "127.0.0.3")) {
                client.ask("hello");

                CompletableFuture<Void> stopped =
                        listener.stop(Duration.ofSeconds(30)).toFuture();
                assertThat(client.ask("still there?")).isEqualTo("astill there?");
                late.send("let me in");
                assertThat(late.hears(300)).isFalse();

                stopped.get(10, TimeUnit.SECONDS);
                assertThat(gateway.ended().ending()).isEqualTo(Ending.IDLE);
                assertThat(listener.open()).isZero();
                assertThat(listener.droppedDatagrams()).isEqualTo(1);
            }
        }
    }

    @Test
    void stoppingLeavesFlowsToTheEventLoopsThatHaveThem() throws Exception {
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.onManyLoops(BALANCED, backend.spec())) {
            BoundListener listener = gateway.udp();
            try (Clients clients = new Clients(listener, 5)) {
                for (UdpClient client : clients.all) {
                    client.ask("hello");
                }
                CompletableFuture<Void> stopped =
                        listener.stop(Duration.ofSeconds(30)).toFuture();
                // Longer than it takes to end what is silent.
                long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
                while (System.nanoTime() - end < 0) {
                    for (UdpClient client : clients.all) {
                        assertThat(client.ask("still there?")).isEqualTo("astill there?");
                    }
                }
                assertThat(stopped).isNotDone();
                assertThat(listener.droppedDatagrams()).isZero();
                stopped.get(10, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void whatIsOpenAtTheDeadlineIsEnded() throws Exception {
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.udp();
            try (UdpClient client = new UdpClient(listener, CLIENT)) {
                client.ask("hello");
                listener.stop(Duration.ofMillis(100)).block(Duration.ofSeconds(10));
                assertThat(gateway.ended().ending()).isEqualTo(Ending.STOPPED);
                listener.stop(Duration.ofMillis(100)).block(Duration.ofSeconds(10));
            }
        }
    }

    /** Clients of one address. */
    private static final class Clients implements AutoCloseable {

        private final List<UdpClient> all = new ArrayList<>();

        Clients(BoundListener listener, int count) throws IOException {
            for (int i = 0; i < count; i++) {
                all.add(new UdpClient(listener, CLIENT));
            }
        }

        @Override
        public void close() {
            all.forEach(UdpClient::close);
        }
    }

    /** A backend on a port that was in use a moment ago. */
    private static Backend gone() throws IOException {
        try (UdpBackend backend = UdpBackend.echo("d")) {
            return backend.spec();
        }
    }

    private static String askAnew(BoundListener listener) throws IOException {
        try (UdpClient client = new UdpClient(listener, CLIENT)) {
            return client.ask("x");
        }
    }

    private static Change state(BackendState state) {
        return (gateway, bound) -> gateway.upstream.setState(bound, state);
    }

    /** What happens between two flows of one client. */
    @FunctionalInterface
    interface Change {
        void make(TestGateway gateway, String bound);
    }
}
