package io.mooring.l4;

import io.mooring.balancer.reschedule.RescheduleSpec;
import io.mooring.balancer.topology.FlowSpec;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.topology.ServerNameSpec;
import io.mooring.balancer.topology.TcpSpec;
import io.mooring.balancer.topology.TlsSpec;
import java.time.Duration;
import java.util.Optional;

/** Puts a listener together that is as any other on loopback, but for what a test says. */
final class TestListener {

    private final Protocol protocol;
    private String name = "front";
    private String address = "127.0.0.1";
    private int port;
    private Duration idleTimeout;
    private Duration connectTimeout = ListenerSpec.DEFAULT_CONNECT;
    private FlowSpec flows = FlowSpec.DEFAULT;
    private TcpSpec tcp = TcpSpec.DEFAULT;
    private Optional<TlsSpec> tls = Optional.empty();
    private ServerNameSpec serverNames = ServerNameSpec.NONE;
    private RescheduleSpec rescheduling = RescheduleSpec.NEVER;

    private TestListener(Protocol protocol) {
        this.protocol = protocol;
        this.idleTimeout = protocol.defaultIdleTimeout();
    }

    static TestListener of(Protocol protocol) {
        return new TestListener(protocol);
    }

    /** Which terminates TLS. */
    static TestListener of(TlsSpec tls) {
        TestListener listener = new TestListener(Protocol.TLS);
        listener.tls = Optional.of(tls);
        return listener;
    }

    TestListener name(String name) {
        this.name = name;
        return this;
    }

    TestListener address(String address) {
        this.address = address;
        return this;
    }

    TestListener port(int port) {
        this.port = port;
        return this;
    }

    TestListener timeouts(Duration idle, Duration connect) {
        this.idleTimeout = idle;
        this.connectTimeout = connect;
        return this;
    }

    TestListener flows(FlowSpec flows) {
        this.flows = flows;
        return this;
    }

    TestListener tcp(TcpSpec tcp) {
        this.tcp = tcp;
        return this;
    }

    TestListener serverNames(ServerNameSpec names) {
        this.serverNames = names;
        return this;
    }

    TestListener rescheduling(RescheduleSpec rescheduling) {
        this.rescheduling = rescheduling;
        return this;
    }

    /** What a listener of this kind declares. */
    ListenerSpec spec() {
        return new ListenerSpec(
                name,
                protocol,
                address,
                port,
                "up",
                Optional.empty(),
                idleTimeout,
                connectTimeout,
                flows,
                tcp,
                tls,
                serverNames,
                rescheduling);
    }
}
