package io.mooring.l4;

import static io.mooring.l4.TestGateway.BALANCED;
import static io.mooring.l4.TlsRelayContract.over;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.topology.ServerNameSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A TCP listener that leads clients by the name in their TLS hello, and does not terminate TLS. */
class ServerNameRoutingTest {

    private static final String CLIENT = "127.0.0.1";
    private static final KeyStore SERVERS = TestCertificates.of("dns:*.example.org");

    @ParameterizedTest
    @CsvSource({
        "db.example.org, a, other",
        "x.apps.example.org, a, third",
        "y.x.apps.example.org, a, third",
        "apps.example.org, a, up",
        "else.example.org, a, up",
    })
    void theServerNameLeadsToItsUpstreamAndTlsEndsAtTheBackend(String name, String id, String upstream)
            throws Exception {
        try (TcpBackend up = secured("up");
                TcpBackend other = secured("other");
                TcpBackend third = secured("third");
                TestGateway gateway = TestGateway.of(BALANCED, up.spec())) {
            gateway.addUpstream("other", other.spec());
            gateway.addUpstream("third", third.spec());
            BoundListener listener = gateway.bind(spec(Duration.ofSeconds(5)));
            try (Socket wire = TestGateway.connect(listener, CLIENT);
                    SSLSocket client = over(wire, "TLSv1.3", name, trusting())) {
                assertThat(TcpBackend.readId(client.getInputStream())).isEqualTo(upstream);
                client.getOutputStream().write(id.getBytes(StandardCharsets.US_ASCII));
                assertThat(client.getInputStream().read()).isEqualTo(id.charAt(0));
            }
            ConnectionRecord record = gateway.ended();
            assertThat(record.tls().serverName()).isEqualTo(name);
            assertThat(record.tls().version()).isNull();
            assertThat(record.scope()).hasToString("upstream/" + upstream);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001\u0000\u0000", "x"})
    void whatIsNotTlsGoesToTheDefaultAsItCame(String words) throws Exception {
        try (TcpBackend up = TcpBackend.echo("a");
                TcpBackend other = TcpBackend.silent("b");
                TestGateway gateway = gateway(up, other);
                Socket client = TestGateway.connect(gateway.bind(spec(Duration.ofSeconds(30))), CLIENT)) {
            byte[] bytes = words.getBytes(StandardCharsets.ISO_8859_1);
            client.getOutputStream().write(bytes);
            client.shutdownOutput();

            assertThat(TcpBackend.readId(client.getInputStream())).isEqualTo("a");
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes);
            ConnectionRecord record = gateway.ended();
            assertThat(record.ending()).isEqualTo(Ending.COMPLETED);
            assertThat(record.bytesToBackend()).isEqualTo(bytes.length);
        }
    }

    @Test
    void aHelloThatComesAByteAtATimeIsLedAndArrivesWhole() throws Exception {
        byte[] hello = hello("db.example.org");
        try (TcpBackend up = TcpBackend.silent("a");
                TcpBackend other = TcpBackend.silent("b");
                TestGateway gateway = gateway(up, other);
                Socket client = TestGateway.connect(gateway.bind(spec(Duration.ofSeconds(30))), CLIENT)) {
            client.setTcpNoDelay(true);
            for (byte each : hello) {
                client.getOutputStream().write(each);
            }
            Socket server = other.next();
            server.setSoTimeout(10_000);
            assertThat(server.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
            client.getOutputStream().write('x');
            assertThat(server.getInputStream().read()).isEqualTo('x');
        }
    }

    @Test
    void whatFollowsTheHelloAtOnceArrivesBehindIt() throws Exception {
        byte[] hello = hello("db.example.org");
        byte[] all = new byte[hello.length + 1_000_000];
        System.arraycopy(hello, 0, all, 0, hello.length);
        System.arraycopy(TlsRelayContract.bytes(1_000_000), 0, all, hello.length, 1_000_000);
        try (TcpBackend up = TcpBackend.silent("a");
                TcpBackend other = TcpBackend.silent("b");
                TestGateway gateway = gateway(up, other);
                Socket client = TestGateway.connect(gateway.bind(spec(Duration.ofSeconds(30))), CLIENT)) {
            Thread writer = new Thread(() -> {
                try {
                    client.getOutputStream().write(all);
                    client.shutdownOutput();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            writer.start();
            Socket server = other.next();
            server.setSoTimeout(10_000);
            assertThat(server.getInputStream().readAllBytes()).isEqualTo(all);
            writer.join();
        }
    }

    @Test
    void aHelloWithoutEndGoesToTheDefaultAsItCame() throws Exception {
        byte[] endless = new byte[20_000];
        System.arraycopy(new byte[] {22, 3, 1, 0x40, 0, 1, 0x0f, (byte) 0xff, (byte) 0xff}, 0, endless, 0, 9);
        try (TcpBackend up = TcpBackend.silent("a");
                TcpBackend other = TcpBackend.silent("b");
                TestGateway gateway = gateway(up, other);
                Socket client = TestGateway.connect(gateway.bind(spec(Duration.ofSeconds(30))), CLIENT)) {
            client.getOutputStream().write(endless);
            Socket server = up.next();
            server.setSoTimeout(10_000);
            assertThat(server.getInputStream().readNBytes(endless.length)).isEqualTo(endless);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void aClientThatWaitsForTheServerIsLedToTheDefaultInTime(int bytes) throws Exception {
        try (TcpBackend up = TcpBackend.echo("a");
                TcpBackend other = TcpBackend.silent("b");
                TestGateway gateway = gateway(up, other);
                Socket client = TestGateway.connect(gateway.bind(spec(Duration.ofMillis(300))), CLIENT)) {
            client.getOutputStream().write(new byte[] {22, 3, 1}, 0, bytes);
            assertThat(TcpBackend.readId(client.getInputStream())).isEqualTo("a");
            assertThat(client.getInputStream().readNBytes(bytes)).hasSize(bytes);
        }
    }

    @Test
    void aClientThatIsResetWhileItIsWaitedForCostsNoBackend() throws Exception {
        try (TcpBackend up = TcpBackend.echo("a");
                TcpBackend other = TcpBackend.silent("b");
                TestGateway gateway = gateway(up, other)) {
            BoundListener listener = gateway.bind(spec(Duration.ofSeconds(30)));
            Socket client = TestGateway.connect(listener, CLIENT);
            client.getOutputStream().write(22);
            TcpBackend.reset(client);
            ConnectionRecord record = gateway.ended();
            assertThat(record.ending()).isEqualTo(Ending.CLIENT_ABORTED);
            assertThat(record.attempts()).isZero();
            Eventually.await("nothing is open", () -> listener.open() == 0);
        }
    }

    @Test
    void stoppingCutsThoseThatAreStillWaitedFor() throws Exception {
        try (TcpBackend up = TcpBackend.echo("a");
                TcpBackend other = TcpBackend.silent("b");
                TestGateway gateway = gateway(up, other)) {
            BoundListener listener = gateway.bind(spec(Duration.ofSeconds(30)));
            try (Socket client = TestGateway.connect(listener, CLIENT)) {
                Eventually.await("it is accepted", () -> listener.open() == 1);
                listener.stop(Duration.ZERO).block(Duration.ofSeconds(10));
                TcpRelayContract.assertReset(client);
                assertThat(gateway.ended().ending()).isEqualTo(Ending.STOPPED);
            }
        }
    }

    @Test
    void eachUpstreamsOwnPolicyDecides() throws Exception {
        Policy sticky = TestGateway.STICKY;
        try (TcpBackend up = TcpBackend.silent("a");
                TcpBackend other = TcpBackend.silent("b");
                TestGateway gateway = TestGateway.of(sticky, up.spec())) {
            Scope scope = gateway.addUpstream("other", other.spec());
            gateway.addUpstream("third", other.spec());
            BoundListener listener = gateway.bind(spec(Duration.ofSeconds(30)));
            try (Socket client = TestGateway.connect(listener, CLIENT)) {
                client.getOutputStream().write(hello("db.example.org"));
                other.next();
            }
            assertThat(scope.liveSessions()).hasValue(1);
            assertThat(gateway.scope.liveSessions()).hasValue(0);
        }
    }

    private static TestGateway gateway(TcpBackend up, TcpBackend other) {
        TestGateway gateway = TestGateway.of(BALANCED, up.spec());
        gateway.addUpstream("other", other.spec());
        gateway.addUpstream("third", other.spec());
        return gateway;
    }

    private static ListenerSpec spec(Duration timeout) {
        return TestListener.of(Protocol.TCP)
                .serverNames(
                        new ServerNameSpec(Map.of("db.example.org", "other", "*.apps.example.org", "third"), timeout))
                .spec();
    }

    private static SSLContext trusting() throws Exception {
        return TestCertificates.context(Optional.empty(), SERVERS);
    }

    /** Ends TLS itself, says its id, and sends back whatever comes. */
    private static TcpBackend secured(String id) throws Exception {
        SSLSocketFactory tls = TestCertificates.context(Optional.of(SERVERS)).getSocketFactory();
        return TcpBackend.saying(id, socket -> {
            SSLSocket secure = (SSLSocket) tls.createSocket(socket, null, true);
            secure.getOutputStream().write(id.length());
            secure.getOutputStream().write(id.getBytes(StandardCharsets.US_ASCII));
            secure.getInputStream().transferTo(secure.getOutputStream());
        });
    }

    static byte[] hello(String name) throws Exception {
        SSLEngine engine = trusting().createSSLEngine(name, 443);
        engine.setUseClientMode(true);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }
}
