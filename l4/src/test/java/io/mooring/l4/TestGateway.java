package io.mooring.l4;

import io.mooring.balancer.reschedule.RescheduleSpec;
import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.session.SessionContext;
import io.mooring.balancer.session.SessionTimeouts;
import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.topology.FlowSpec;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.topology.TcpSpec;
import io.mooring.balancer.topology.Topology;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.BackendActivity;
import io.mooring.balancer.upstream.ProxyProtocol;
import io.mooring.balancer.upstream.StatePolicy;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.l4.tls.TlsContexts;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Listeners of one upstream on event loops of their own. */
final class TestGateway implements AutoCloseable {

    /** What the names of the event loops' threads begin with. */
    static final String THREADS = "l4-test";

    static final Duration IDLE = Duration.ofSeconds(30);
    static final Policy BALANCED = new Policy(Balancing.WEIGHTED_ROUND_ROBIN, new Persistence.None());
    /** A topology that asks for no TLS. */
    static final Topology NOTHING = new Topology(List.of(), List.of(), List.of());

    private static final TlsContexts NO_TLS =
            new TlsContexts(new TestBundles(Map.of()), NOTHING, InstantSource.system());
    static final Policy STICKY = sticky(null, false);

    final FakeTicker sessionTime = new FakeTicker();
    final Upstream upstream;
    final Scope scope;
    private final SessionContext context;
    private final Policy policy;
    private final Map<String, Scope> scopes = new HashMap<>();
    private final EventLoops loops;
    private final L4Listeners listeners;
    private final List<BoundListener> bound = new ArrayList<>();
    private final Queue<ConnectionRecord> records = new ConcurrentLinkedQueue<>();

    private final Queue<String> signals = new ConcurrentLinkedQueue<>();
    private volatile boolean observerIsBroken;

    private TestGateway(EventLoops loops, PortSharing sharing, TlsContexts tls, Upstream upstream, Policy policy) {
        this.loops = loops;
        this.upstream = upstream;
        upstream.watch((backend, signal) -> signals.add(backend + " " + signal));
        SessionContext context = new SessionContext(
                new KeyRing(List.of(new SigningKey("k", new byte[16]))),
                sessionTime,
                InstantSource.system(),
                new Random(1));
        this.scope = new Scope(new ScopeId(ScopeId.Kind.UPSTREAM, "up"), upstream, policy, context);
        this.scopes.put("up", scope);
        this.context = context;
        this.policy = policy;
        this.listeners = new L4Listeners(loops, this::observe, System::nanoTime, sharing, tls);
    }

    static TestGateway of(Policy policy, Backend... backends) {
        return withTls(NO_TLS, policy, backends);
    }

    /** On more event loops than others. */
    static TestGateway onManyLoops(Policy policy, Backend... backends) {
        return of(new EventLoops(THREADS, 8, true), NO_TLS, policy, backends);
    }

    static TestGateway withTls(TlsContexts tls, Policy policy, Backend... backends) {
        return of(loops(true), tls, policy, backends);
    }

    static TestGateway withTlsOnNio(TlsContexts tls, Policy policy, Backend... backends) {
        return of(loops(false), tls, policy, backends);
    }

    static TestGateway onNio(Policy policy, Backend... backends) {
        return withTlsOnNio(NO_TLS, policy, backends);
    }

    /** Whose backends are told who their clients are. */
    static TestGateway announcing(ProxyProtocol version, Backend... backends) {
        return announcing(version, NO_TLS, backends);
    }

    /** Whose backends are told who their clients are, perhaps before TLS is spoken with them. */
    static TestGateway announcing(ProxyProtocol version, TlsContexts tls, Backend... backends) {
        Upstream upstream = new Upstream(
                "up",
                List.of(backends),
                StatePolicy.DEFAULT,
                Ticker.system(),
                InstantSource.system(),
                Optional.of(version));
        return new TestGateway(loops(true), PortSharing.NEVER, tls, upstream, BALANCED);
    }

    /** That opens ports which another one has open. */
    static TestGateway sharing(Backend... backends) {
        Upstream upstream = new Upstream("up", List.of(backends), InstantSource.system());
        return new TestGateway(loops(true), PortSharing.BETWEEN_PROCESSES, NO_TLS, upstream, BALANCED);
    }

    private static TestGateway of(EventLoops loops, TlsContexts tls, Policy policy, Backend... backends) {
        return new TestGateway(
                loops, PortSharing.NEVER, tls, new Upstream("up", List.of(backends), InstantSource.system()), policy);
    }

    private static EventLoops loops(boolean preferNative) {
        return new EventLoops(THREADS, 2, preferNative);
    }

    static Policy sticky(@Nullable Duration absolute, boolean strict) {
        return new Policy(
                Balancing.WEIGHTED_ROUND_ROBIN,
                new Persistence.SourceIp(new SessionTimeouts(IDLE, absolute), strict, SourcePrefixes.DEFAULT, 1_000));
    }

    static ListenerSpec spec(Protocol protocol) {
        return TestListener.of(protocol).spec();
    }

    static ListenerSpec udp(String address, FlowSpec flows) {
        return TestListener.of(Protocol.UDP).address(address).flows(flows).spec();
    }

    static ListenerSpec spec(Protocol protocol, Duration idle, Duration connect, int maxFlows) {
        return TestListener.of(protocol)
                .timeouts(idle, connect)
                .flows(new FlowSpec(maxFlows, 0))
                .spec();
    }

    static ListenerSpec spec(Protocol protocol, RescheduleSpec rescheduling) {
        return TestListener.of(protocol).rescheduling(rescheduling).spec();
    }

    static ListenerSpec spec(TcpSpec tcp) {
        return TestListener.of(Protocol.TCP).tcp(tcp).spec();
    }

    static ListenerSpec spec(String address, int port, TcpSpec tcp) {
        return TestListener.of(Protocol.TCP)
                .address(address)
                .port(port)
                .tcp(tcp)
                .spec();
    }

    /** Adds an upstream that listeners may lead to by server name. */
    Scope addUpstream(String name, Backend... backends) {
        Upstream added = new Upstream(name, List.of(backends), InstantSource.system());
        Scope own = new Scope(new ScopeId(ScopeId.Kind.UPSTREAM, name), added, policy, context);
        scopes.put(name, own);
        return own;
    }

    BoundListener bind(ListenerSpec spec) {
        BoundListener listener = listeners.bind(spec, scopes).block(Duration.ofSeconds(10));
        bound.add(listener);
        return listener;
    }

    /** The event loops, to run something on. */
    EventLoopGroup group() {
        return loops.onServer(loops.isNative());
    }

    BoundListener tcp() {
        return bind(spec(Protocol.TCP));
    }

    BoundListener udp() {
        return bind(spec(Protocol.UDP));
    }

    boolean isNative() {
        return loops.isNative();
    }

    /** Has the observer fail from now on, behind what it records. */
    void breakObserver() {
        observerIsBroken = true;
    }

    BackendActivity activity(String backend) {
        return upstream.snapshot().member(backend).orElseThrow().activity();
    }

    /** The record of the next connection or flow that has ended. */
    ConnectionRecord ended() {
        Eventually.await("a connection ends", this::hasEnded);
        return Objects.requireNonNull(records.poll());
    }

    /** What traffic has shown of backends so far, each as the id and the signal. */
    List<String> signals() {
        return List.copyOf(signals);
    }

    boolean hasEnded() {
        return !records.isEmpty();
    }

    /** Connects to an echo server from an address, hears its id, and hangs up. */
    ConnectionRecord visit(BoundListener listener, String from) throws IOException {
        try (Socket client = connect(listener, from)) {
            String id = TcpBackend.readId(client.getInputStream());
            client.shutdownOutput();
            if (client.getInputStream().read() >= 0) {
                throw new AssertionError("more than an id came from " + id);
            }
            ConnectionRecord record = ended();
            if (!id.equals(record.backend())) {
                throw new AssertionError("served by " + id + ", recorded " + record);
            }
            return record;
        }
    }

    static Socket connect(BoundListener listener, String from) throws IOException {
        Socket client = new Socket();
        client.setSoTimeout(10_000);
        client.bind(new InetSocketAddress(from, 0));
        client.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), listener.address().getPort()));
        return client;
    }

    private void observe(ConnectionRecord record) {
        records.add(record);
        if (observerIsBroken) {
            throw new IllegalStateException("broken on purpose");
        }
    }

    @Override
    public void close() {
        bound.forEach(listener -> listener.stop(Duration.ZERO).block(Duration.ofSeconds(10)));
        listeners.close();
        scopes.values().forEach(Scope::close);
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(Duration.ofSeconds(10));
    }
}
