package io.mooring.filters.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.SessionContext;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.topology.FleetChange;
import io.mooring.balancer.topology.Topology;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.Backend;
import io.mooring.filters.support.Await;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The pools of addresses that a fleet has no backend at any more. */
class AbandonedPoolsTest {

    private static final Duration GRACE = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Sinks.Empty<String> slowly = Sinks.empty();
    private final Server one = new Server("127.0.0.1");
    private final Server two = new Server("127.0.0.1");
    private final Server named = new Server("localhost");
    /** One connection for each address: whoever asks next waits until the last answer has given it back. */
    private final ConnectionProvider connections = ConnectionProvider.create("abandoned", 1);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Fleet fleet = new Fleet(
            of(one, two, named),
            new SessionContext(
                    new KeyRing(List.of(new SigningKey("k1", new byte[32]))),
                    Ticker.system(),
                    InstantSource.system(),
                    new SplittableRandom(1)));

    @AfterEach
    void stop() {
        slowly.tryEmitEmpty();
        fleet.close();
        connections.disposeLater().block(PATIENCE);
        Stream.of(one, two, named).forEach(Server::close);
        time.dispose();
    }

    @Test
    void areClosedSomeTimeAfterTheLastBackendWentAndNoOthers() {
        AbandonedPools.follow(fleet, connections, GRACE, time);
        Stream.of(one, two, named)
                .forEach(server -> assertThat(ask(server, "/")).isEqualTo("here"));

        become(of(two));
        time.advanceTimeBy(GRACE.minusMillis(1));
        assertThat(List.of(one.open(), two.open(), named.open())).containsExactly(1, 1, 1);

        time.advanceTimeBy(Duration.ofMillis(1));
        Await.until("they are closed", () -> one.open() == 0 && named.open() == 0);
        assertThat(two.open()).isEqualTo(1);
        assertThat(ask(two, "/")).isEqualTo("here");
    }

    @Test
    void stayIfABackendIsThereAgainByThen() {
        AbandonedPools.follow(fleet, connections, GRACE, time);
        ask(one, "/");

        become(of(two));
        become(of(one, two));
        time.advanceTimeBy(GRACE);

        assertThat(ask(one, "/")).isEqualTo("here");
        assertThat(one.everOpened).hasValue(1);
    }

    @Test
    void areMadeAnewForABackendThatComesBack() {
        AbandonedPools.follow(fleet, connections, GRACE, time);
        ask(one, "/");
        become(of(two));
        time.advanceTimeBy(GRACE);
        Await.until("it is closed", () -> one.open() == 0);

        become(of(one));

        assertThat(ask(one, "/")).isEqualTo("here");
    }

    @Test
    void leaveWhatIsUnderWayToEnd() {
        AbandonedPools.follow(fleet, connections, GRACE, time);
        Mono<String> answer = asking(one, "/slow").cache();
        var unused = answer.subscribe();
        Await.until("it is asked", () -> one.open() == 1);

        become(of(two));
        time.advanceTimeBy(GRACE);
        slowly.tryEmitEmpty();

        assertThat(answer.block(PATIENCE)).isEqualTo("here");
        Await.until("it is closed", () -> one.open() == 0);
    }

    private String ask(Server server, String path) {
        return asking(server, path).block(PATIENCE);
    }

    private Mono<String> asking(Server server, String path) {
        return HttpClient.create(connections)
                .get()
                .uri("http://" + server.host + ":" + server.server.port() + path)
                .responseContent()
                .aggregate()
                .asString();
    }

    private void become(Topology next) {
        FleetChange change = fleet.plan(next);
        change.commit();
        change.complete();
    }

    private static Topology of(Server... servers) {
        List<Backend> backends = Stream.of(servers)
                .map(server -> new Backend("at-" + server.server.port(), server.host, server.server.port(), 10))
                .toList();
        Policy policy = new Policy(Balancing.WEIGHTED_ROUND_ROBIN, new Persistence.None());
        return new Topology(List.of(new UpstreamSpec("shop", policy, backends)), List.of(), List.of());
    }

    /** Knows which connections it has open. */
    private final class Server implements AutoCloseable {

        private final String host;
        private final ChannelGroup accepted = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        private final AtomicInteger everOpened = new AtomicInteger();
        private final DisposableServer server;

        Server(String host) {
            this.host = host;
            this.server = HttpServer.create()
                    .host("127.0.0.1")
                    .port(0)
                    .doOnChannelInit((observer, channel, address) -> {
                        everOpened.incrementAndGet();
                        accepted.add(channel);
                    })
                    .handle((request, response) -> request.uri().equals("/slow")
                            ? response.sendString(slowly.asMono().thenReturn("here"))
                            : response.sendString(Mono.just("here")))
                    .bindNow();
        }

        int open() {
            return accepted.size();
        }

        @Override
        public void close() {
            server.disposeNow();
        }
    }
}
