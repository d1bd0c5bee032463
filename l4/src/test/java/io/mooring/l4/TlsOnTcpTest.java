package io.mooring.l4;

import static io.mooring.l4.ProxyHeaders.PROXY;
import static io.mooring.l4.ProxyHeaders.TCP4;
import static io.mooring.l4.ProxyHeaders.addresses;
import static io.mooring.l4.ProxyHeaders.concat;
import static io.mooring.l4.ProxyHeaders.v1;
import static io.mooring.l4.ProxyHeaders.v2;
import static io.mooring.l4.TcpRelayContract.assertReset;
import static io.mooring.l4.TestGateway.BALANCED;
import static io.mooring.l4.TestGateway.connect;
import static io.mooring.l4.TlsRelayContract.EDGE;
import static io.mooring.l4.TlsRelayContract.contexts;
import static io.mooring.l4.TlsRelayContract.over;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.topology.AddressRange;
import io.mooring.balancer.topology.BackendTlsSpec;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.topology.ServerNameSpec;
import io.mooring.balancer.topology.TcpSpec;
import io.mooring.balancer.upstream.ProxyProtocol;
import io.mooring.l4.tls.TlsContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is declared of TCP holds where TLS is spoken or looked at as well. */
class TlsOnTcpTest {

    private static final String CLIENT = "127.0.0.1";
    private static final byte[] V1 = v1("PROXY TCP4 192.0.2.1 192.0.2.2 4001 443");
    private static final Duration FIRST_BYTE = Duration.ofMillis(400);

    @ParameterizedTest
    @EnumSource
    void theHeaderOfAProxyGoesBeforeTheHandshake(ProxyProtocol version) throws Exception {
        byte[] header = switch (version) {
            case V1 -> V1;
            case V2 -> v2(PROXY, TCP4, addresses("192.0.2.1", 4001, "192.0.2.2", 443));
        };
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.withTls(contexts(), BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(tls(proxied()));
            for (int firstPart : List.of(header.length, 3)) {
                try (Socket wire = connect(listener, CLIENT)) {
                    wire.getOutputStream().write(header, 0, firstPart);
                    wire.getOutputStream().write(header, firstPart, header.length - firstPart);
                    visit(over(wire, "TLSv1.3"));
                }
                ConnectionRecord record = gateway.ended();
                assertThat(record.ending()).isEqualTo(Ending.COMPLETED);
                assertThat(record.client()).isEqualTo(new InetSocketAddress("192.0.2.1", 4001));
                assertThat(record.tls().serverName()).isEqualTo("edge.example.org");
            }
        }
    }

    @Test
    void aServerNameIsFoundInTheSamePieceAsTheHeaderOfAProxy() throws Exception {
        byte[] hello = ServerNameRoutingTest.hello("edge.example.org");
        try (TcpBackend other = TcpBackend.echo("a");
                TcpBackend named = TcpBackend.silent("b");
                TestGateway gateway = TestGateway.of(BALANCED, other.spec())) {
            gateway.addUpstream("named", named.spec());
            BoundListener listener = gateway.bind(led(Map.of("edge.example.org", "named"), proxied()));
            try (Socket client = connect(listener, CLIENT)) {
                client.getOutputStream().write(concat(V1, hello));
                try (Socket server = named.next()) {
                    assertThat(server.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
                }
            }
            ConnectionRecord record = gateway.ended();
            assertThat(record.client()).isEqualTo(new InetSocketAddress("192.0.2.1", 4001));
            assertThat(record.tls().serverName()).isEqualTo("edge.example.org");
            assertThat(record.bytesToBackend()).isEqualTo(hello.length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBackendHearsInTheClearWhoItsClientIsBeforeItSpeaksTls(ProxyProtocol version) throws Exception {
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = TestGateway.announcing(version, toBackends(), backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(proxied()));
            byte[] expected = switch (version) {
                case V1 -> V1;
                case V2 -> v2(PROXY, TCP4, addresses("192.0.2.1", 4001, "192.0.2.2", 443));
            };
            try (Socket client = connect(listener, CLIENT)) {
                client.getOutputStream().write(concat(V1, new byte[] {'x'}));
                try (Socket server = backend.next()) {
                    assertThat(server.getInputStream().readNBytes(expected.length))
                            .isEqualTo(expected);
                    SSLSocket secure = (SSLSocket) TestCertificates.context(Optional.of(EDGE))
                            .getSocketFactory()
                            .createSocket(server, null, true);
                    secure.setSoTimeout(10_000);
                    assertThat(secure.getInputStream().read()).isEqualTo('x');
                    secure.getOutputStream().write('y');
                    assertThat(client.getInputStream().read()).isEqualTo('y');
                }
            }
            assertThat(gateway.ended().bytesToBackend()).isEqualTo(1);
        }
    }

    @Test
    void moreConnectionsThanMayBeOpenAreResetBeforeTheirHandshake() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.withTls(contexts(), BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(tls(TcpAdmissionTest.limits(1, TcpSpec.UNLIMITED)));
            try (Socket wire = connect(listener, CLIENT)) {
                Eventually.await("it is open, though it has said nothing", () -> listener.open() == 1);
                try (Socket second = connect(listener, CLIENT)) {
                    assertReset(second);
                }
                assertThat(listener.refused(Refusal.CONNECTION_LIMIT)).isEqualTo(1);
                visit(over(wire, "TLSv1.3"));
            }
            assertThat(gateway.ended().ending()).isEqualTo(Ending.COMPLETED);
            Eventually.await("it has ended", () -> listener.open() == 0);
        }
    }

    @Test
    void aHandshakeThatFailsLeavesRoomForTheNext() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.withTls(contexts(), BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(tls(TcpAdmissionTest.limits(1, TcpSpec.UNLIMITED)));
            for (int i = 1; i <= 3; i++) {
                try (Socket wire = connect(listener, CLIENT)) {
                    wire.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    assertThat(gateway.ended().ending()).isEqualTo(Ending.HANDSHAKE_FAILED);
                }
                Eventually.await("it has left", () -> listener.open() == 0);
                assertThat(listener.refused(Refusal.HANDSHAKE_FAILED)).isEqualTo(i);
            }
            try (Socket wire = connect(listener, CLIENT)) {
                visit(over(wire, "TLSv1.2"));
            }
        }
    }

    @Test
    void theFirstByteIsTheFirstOfThePayload() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.withTls(contexts(), BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(tls(firstByte()));
            try (Socket wire = connect(listener, CLIENT)) {
                SSLSocket client = over(wire, "TLSv1.3");
                TcpBackend.readId(client.getInputStream());

                assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
            }
            assertThat(gateway.ended().ending()).isEqualTo(Ending.SILENT);
            assertThat(listener.refused(Refusal.FIRST_BYTE_TIMEOUT)).isEqualTo(1);
        }
    }

    private static void visit(SSLSocket client) throws IOException {
        assertThat(TcpBackend.readId(client.getInputStream())).isEqualTo("a");
        client.shutdownOutput();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    private static ListenerSpec tls(TcpSpec tcp) {
        return TlsRelayContract.spec(TlsRelayContract.spec().tls().orElseThrow(), ServerNameSpec.NONE, tcp);
    }

    private static ListenerSpec led(Map<String, String> upstreams, TcpSpec tcp) {
        return TestListener.of(Protocol.TCP)
                .tcp(tcp)
                .serverNames(new ServerNameSpec(upstreams, Duration.ofSeconds(10)))
                .spec();
    }

    private static TcpSpec proxied() {
        TcpSpec.Proxied byLoopback = new TcpSpec.Proxied(
                List.of(new AddressRange(InetAddress.getLoopbackAddress(), 32)), Duration.ofSeconds(10));
        return spec(Optional.empty(), Optional.of(byLoopback));
    }

    private static TcpSpec firstByte() {
        return spec(Optional.of(FIRST_BYTE), Optional.empty());
    }

    private static TcpSpec spec(Optional<Duration> firstByte, Optional<TcpSpec.Proxied> proxied) {
        return new TcpSpec(
                TcpSpec.DEFAULT_BACKLOG,
                TcpSpec.UNLIMITED,
                TcpSpec.UNLIMITED,
                firstByte,
                proxied,
                TcpSpec.KeepAlive.OF_SYSTEM);
    }

    private static TlsContexts toBackends() {
        BackendTlsSpec spec = new BackendTlsSpec("trust", Optional.of("edge.example.org"), true, List.of());
        return new TestBundles(Map.of("trust", TestBundles.trusting("trust", EDGE))).toBackends(spec);
    }
}
