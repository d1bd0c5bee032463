package io.mooring.l4;

import static io.mooring.l4.TcpRelayContract.assertReset;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ServerNameSpec;
import io.mooring.balancer.topology.TcpSpec;
import io.mooring.balancer.topology.TlsSpec;
import io.mooring.balancer.topology.TlsSpec.ClientAuth;
import io.mooring.balancer.upstream.Backend;
import io.mooring.l4.tls.TlsContexts;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for a TLS connection that ends at the gateway, on every transport. */
abstract class TlsRelayContract {

    static final KeyStore EDGE = TestCertificates.of("dns:edge.example.org");

    abstract TestGateway gateway(TlsContexts tls, Backend... backends);

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void whatIsSaidThroughTlsArrivesAsItWasSaid(String version) throws Exception {
        byte[] greeting = bytes(3_000_000);
        byte[] answer = bytes(2_000_000);
        try (TcpBackend backend = TcpBackend.saying("a", socket -> {
                    socket.getOutputStream().write(greeting);
                    if (Arrays.equals(socket.getInputStream().readNBytes(answer.length), answer)) {
                        socket.getOutputStream().write('!');
                    }
                    socket.shutdownOutput();
                });
                TestGateway gateway = gateway(contexts(), backend.spec());
                SSLSocket client = connect(gateway.bind(spec()), version)) {
            assertThat(client.getInputStream().readNBytes(greeting.length)).isEqualTo(greeting);
            client.getOutputStream().write(answer);
            assertThat(client.getInputStream().read()).isEqualTo('!');
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.shutdownOutput();

            ConnectionRecord record = gateway.ended();
            assertThat(record.ending()).isEqualTo(Ending.COMPLETED);
            assertThat(record.protocol()).isEqualTo(ListenerSpec.Protocol.TLS);
            assertThat(record.outcome()).isEqualTo(Outcome.OFF);
            assertThat(record.tls().version()).isEqualTo(version);
            assertThat(record.tls().serverName()).isEqualTo("edge.example.org");
            assertThat(record.bytesToBackend()).isEqualTo(answer.length);
            assertThat(record.bytesFromBackend()).isEqualTo(greeting.length + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3"})
    void aClientThatHasSaidAllStillHearsTheAnswer(String version) throws Exception {
        byte[] question = bytes(300_000);
        byte[] answer = bytes(500_000);
        try (TcpBackend backend = TcpBackend.saying("a", socket -> {
                    if (Arrays.equals(socket.getInputStream().readAllBytes(), question)) {
                        socket.getOutputStream().write(answer);
                    }
                    socket.close();
                });
                TestGateway gateway = gateway(contexts(), backend.spec());
                SSLSocket client = connect(gateway.bind(spec()), version)) {
            client.getOutputStream().write(question);
            client.shutdownOutput();

            assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);
            assertThat(gateway.ended().ending()).isEqualTo(Ending.COMPLETED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aBackendThatHasSaidAllStillHearsTheClient(String version) throws Exception {
        byte[] greeting = bytes(200_000);
        byte[] farewell = bytes(400_000);
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = gateway(contexts(), backend.spec());
                SSLSocket client = connect(gateway.bind(spec()), version)) {
            Socket server = backend.next();
            server.getOutputStream().write(greeting);
            assertThat(client.getInputStream().readNBytes(greeting.length)).isEqualTo(greeting);
            client.getOutputStream().write(farewell);
            client.shutdownOutput();

            assertThat(server.getInputStream().readAllBytes()).isEqualTo(farewell);
            server.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(gateway.ended().ending()).isEqualTo(Ending.COMPLETED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aStreamThatIsCutShortIsResetAtTheBackend(String version) throws Exception {
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = gateway(contexts(), backend.spec());
                Socket wire = TestGateway.connect(gateway.bind(spec()), "127.0.0.1")) {
            SSLSocket client = over(wire, version);
            client.getOutputStream().write('x');
            Socket server = backend.next();
            assertThat(server.getInputStream().read()).isEqualTo('x');

            wire.shutdownOutput();

            assertReset(server);
            assertThat(gateway.ended().ending()).isEqualTo(Ending.CLIENT_ABORTED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aBackendThatIsCutShortIsNotTakenForOneThatHasSaidAll(String version) throws Exception {
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = gateway(contexts(), backend.spec());
                SSLSocket client = connect(gateway.bind(spec()), version)) {
            Socket server = backend.next();
            server.getOutputStream().write('x');
            assertThat(client.getInputStream().read()).isEqualTo('x');

            TcpBackend.reset(server);

            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
            assertThat(gateway.ended().ending()).isEqualTo(Ending.BACKEND_ABORTED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aReaderThatStallsStopsTheWriter(String version) throws Exception {
        int size = 64_000_000;
        byte[] chunk = bytes(1_000_000);
        try (TcpBackend backend = TcpBackend.saying("a", socket -> {
                    for (int sent = 0; sent < size; sent += chunk.length) {
                        socket.getOutputStream().write(chunk);
                    }
                    socket.shutdownOutput();
                });
                TestGateway gateway = gateway(contexts(), backend.spec());
                SSLSocket client = connect(gateway.bind(spec()), version)) {
            long taken = standstill(gateway);
            assertThat(taken).isLessThan(size / 2);

            byte[] received = new byte[chunk.length];
            for (int read = 0; read < size; read += chunk.length) {
                assertThat(client.getInputStream().readNBytes(received, 0, chunk.length))
                        .isEqualTo(chunk.length);
                assertThat(Arrays.equals(received, chunk)).isTrue();
            }
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aBackendThatStallsStopsTheClientAndCostsNoCpu(String version) throws Exception {
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = gateway(contexts(), backend.spec());
                SSLSocket client = connect(gateway.bind(spec()), version)) {
            Socket server = backend.next();
            OutputStream out = client.getOutputStream();
            byte[] chunk = bytes(100_000);
            Thread writer = new Thread(() -> {
                try {
                    for (int i = 0; i < 400; i++) {
                        out.write(chunk);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            writer.start();
            assertThat(standstill(gateway)).isLessThan(30_000_000);
            long cpu = TcpRelayContract.eventLoopCpuNanos();
            assertThat(Eventually.holdsWithin(Duration.ofMillis(500), gateway::hasEnded))
                    .isFalse();
            assertThat(TcpRelayContract.eventLoopCpuNanos() - cpu)
                    .isLessThan(Duration.ofMillis(100).toNanos());
            byte[] received = new byte[chunk.length];
            for (int i = 0; i < 400; i++) {
                assertThat(server.getInputStream().readNBytes(received, 0, chunk.length))
                        .isEqualTo(chunk.length);
                assertThat(Arrays.equals(received, chunk)).isTrue();
            }
            writer.join();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void whatComesBeforeTheBackendIsConnectedIsKept(String version) throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = gateway(contexts(), backend.spec());
                SSLSocket client = connect(gateway.bind(spec()), version)) {
            client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().readNBytes(7))
                    .isEqualTo("\u0001ahello".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void inTls12AClientThatHasClosedHearsNoMoreAndTheBackendIsTold() throws Exception {
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = gateway(contexts(), backend.spec());
                SSLSocket client = connect(gateway.bind(spec()), "TLSv1.2")) {
            Socket server = backend.next();
            client.getOutputStream().write('x');
            client.shutdownOutput();
            assertThat(server.getInputStream().readAllBytes()).hasSize(1);

            server.getOutputStream().write('y');

            assertThat(gateway.ended().ending()).isEqualTo(Ending.CLIENT_ABORTED);
            assertThat(gateway.activity("a").active()).isZero();
        }
    }

    static TlsContexts contexts() {
        return new TlsContexts(
                new TestBundles(Map.of("edge", TestBundles.bundle("edge", EDGE))),
                TestGateway.NOTHING,
                InstantSource.system());
    }

    static ListenerSpec spec() {
        return spec(
                new TlsSpec(List.of("edge"), List.of(), List.of(), ClientAuth.NONE, List.of(), Duration.ofSeconds(10)));
    }

    static ListenerSpec spec(TlsSpec tls) {
        return spec(tls, ServerNameSpec.NONE);
    }

    static ListenerSpec spec(TlsSpec tls, ServerNameSpec names) {
        return spec(tls, names, TcpSpec.DEFAULT);
    }

    static ListenerSpec spec(TlsSpec tls, ServerNameSpec names, TcpSpec tcp) {
        return TestListener.of(tls).serverNames(names).tcp(tcp).spec();
    }

    static SSLSocket connect(BoundListener listener, String version) throws Exception {
        return over(TestGateway.connect(listener, "127.0.0.1"), version);
    }

    /** A client that asks for edge.example.org over a connection that is there. */
    static SSLSocket over(Socket wire, String version) throws Exception {
        return over(wire, version, "edge.example.org", TestCertificates.context(Optional.empty(), EDGE));
    }

    static SSLSocket over(Socket wire, String version, String name, SSLContext context) throws Exception {
        SSLSocket client = (SSLSocket) context.getSocketFactory().createSocket(wire, name, wire.getPort(), true);
        client.setEnabledProtocols(new String[] {version});
        client.startHandshake();
        return client;
    }

    /** Waits until nothing moves, and tells how many bytes had. */
    static long standstill(TestGateway gateway) {
        Eventually.await("the flow stops", () -> {
            long before = moved(gateway);
            return before > 0 && !Eventually.holdsWithin(Duration.ofMillis(300), () -> moved(gateway) != before);
        });
        return moved(gateway);
    }

    private static long moved(TestGateway gateway) {
        return gateway.activity("a").bytesFromBackend() + gateway.activity("a").bytesToBackend();
    }

    static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
