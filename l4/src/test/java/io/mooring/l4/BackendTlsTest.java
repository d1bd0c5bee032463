package io.mooring.l4;

import static io.mooring.l4.TestGateway.BALANCED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mooring.balancer.topology.BackendTlsSpec;
import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.topology.TlsSpec;
import io.mooring.balancer.topology.TlsSpec.ClientAuth;
import io.mooring.balancer.upstream.Backend;
import io.mooring.l4.tls.BackendTls;
import io.mooring.l4.tls.TlsContexts;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class BackendTlsTest {

    private static final String CLIENT = "127.0.0.1";
    private static final KeyStore BY_NAME = TestCertificates.of("dns:db.example.org");
    private static final KeyStore BY_ADDRESS = TestCertificates.of("ip:127.0.0.1");
    private static final KeyStore STRANGER = TestCertificates.of("dns:stranger.example.org");
    private static final KeyStore EDGE = TlsRelayContract.EDGE;

    private final TestBundles bundles = new TestBundles(Map.of(
            "trust", TestBundles.trusting("trust", BY_NAME, BY_ADDRESS),
            "own", TestBundles.bundle("own", EDGE, BY_NAME, BY_ADDRESS),
            "edge", TestBundles.bundle("edge", EDGE)));
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();

    @Test
    void aBackendIsSpokenWithOverTlsAndVerifiedByItsAddress() throws Exception {
        byte[] question = TlsRelayContract.bytes(300_000);
        byte[] answer = TlsRelayContract.bytes(2_000_000);
        try (TcpBackend backend = secured("a", BY_ADDRESS, List.of(), socket -> {
                    if (Arrays.equals(socket.getInputStream().readAllBytes(), question)) {
                        socket.getOutputStream().write(answer);
                    }
                    socket.close();
                });
                TestGateway gateway = gateway(spec(Optional.empty(), true, List.of()), backend.spec());
                Socket client = TestGateway.connect(gateway.tcp(), CLIENT)) {
            client.getOutputStream().write(question);
            client.shutdownOutput();

            assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);
            ConnectionRecord record = gateway.ended();
            assertThat(record.ending()).isEqualTo(Ending.COMPLETED);
            assertThat(record.bytesToBackend()).isEqualTo(question.length);
            assertThat(record.bytesFromBackend()).isEqualTo(answer.length);
            assertThat(asked).containsExactly("no name");
        }
    }

    @Test
    void aBackendIsAskedForItsServerNameAndVerifiedByIt() throws Exception {
        try (TcpBackend backend = greeting("a", BY_NAME);
                TestGateway gateway = gateway(spec(Optional.of("db.example.org"), true, List.of()), backend.spec());
                Socket client = TestGateway.connect(gateway.tcp(), CLIENT)) {
            assertThat(TcpBackend.readId(client.getInputStream())).isEqualTo("a");
            assertThat(asked).containsExactly("db.example.org");
        }
    }

    @ParameterizedTest
    @CsvSource({"other.example.org, true, false", "other.example.org, false, true", "db.example.org, true, true"})
    void aCertificateForAnotherNameIsRefusedUnlessTheNameDoesNotMatter(String name, boolean verify, boolean served)
            throws Exception {
        try (TcpBackend backend = greeting("a", BY_NAME);
                TestGateway gateway = gateway(spec(Optional.of(name), verify, List.of()), backend.spec());
                Socket client = TestGateway.connect(gateway.tcp(), CLIENT)) {
            if (served) {
                assertThat(TcpBackend.readId(client.getInputStream())).isEqualTo("a");
            } else {
                TcpRelayContract.assertReset(client);
                assertThat(gateway.ended().ending()).isEqualTo(Ending.NO_BACKEND);
            }
        }
    }

    @Test
    void aBackendThatIsNotTrustedIsPassedOverAndCounted() throws Exception {
        BackendTlsSpec spec = spec(Optional.empty(), true, List.of());
        try (TcpBackend impostor = greeting("a", STRANGER);
                TcpBackend honest = greeting("b", BY_ADDRESS)) {
            TlsContexts contexts = bundles.toBackends(spec);
            try (TestGateway gateway = TestGateway.withTls(contexts, BALANCED, impostor.spec(), honest.spec())) {
                BoundListener listener = gateway.tcp();
                for (int i = 0; i < 4; i++) {
                    try (Socket client = TestGateway.connect(listener, CLIENT)) {
                        assertThat(TcpBackend.readId(client.getInputStream())).isEqualTo("b");
                    }
                }
                assertThat(contexts.backend("up").failedHandshakes()).isPositive();
                assertThat(gateway.signals())
                        .contains("a CONNECT_FAILED", "b CONNECTED")
                        .doesNotContain("a CONNECTED");
            }
        }
    }

    @Test
    void aBackendThatDoesNotSpeakTlsOrSaysNothingIsPassedOver() throws Exception {
        ListenerSpec hasty = TestGateway.spec(Protocol.TCP, ListenerSpec.DEFAULT_TCP_IDLE, Duration.ofMillis(300), 1);
        try (TcpBackend plain = TcpBackend.echo("a");
                TcpBackend mute = TcpBackend.silent("b");
                TcpBackend leaving = TcpBackend.saying("c", Socket::close);
                TcpBackend good = greeting("d", BY_ADDRESS);
                TestGateway gateway = gateway(
                        spec(Optional.empty(), true, List.of()),
                        plain.spec(),
                        mute.spec(),
                        leaving.spec(),
                        good.spec())) {
            BoundListener listener = gateway.bind(hasty);
            for (int i = 0; i < 4; i++) {
                try (Socket client = TestGateway.connect(listener, CLIENT)) {
                    assertThat(TcpBackend.readId(client.getInputStream())).isEqualTo("d");
                }
            }
            assertThat(gateway.signals())
                    .contains("a CONNECT_FAILED", "b CONNECT_TIMED_OUT", "c CONNECT_FAILED", "d CONNECTED")
                    .doesNotContain("a CONNECTED", "b CONNECTED", "c CONNECTED");
        }
    }

    @Test
    void whatABackendSaysInTheClearIsNotLogged() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(BackendTls.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        AtomicInteger greeted = new AtomicInteger();
        try (TcpBackend plain = TcpBackend.saying("a", socket -> {
                    String greeting = "220 ready " + greeted.incrementAndGet() + "\r\n";
                    socket.getOutputStream().write(greeting.getBytes(StandardCharsets.US_ASCII));
                    socket.getInputStream().readAllBytes();
                });
                TestGateway gateway = gateway(spec(Optional.empty(), true, List.of()), plain.spec())) {
            BoundListener listener = gateway.tcp();
            for (int i = 0; i < 2; i++) {
                try (Socket client = TestGateway.connect(listener, CLIENT)) {
                    assertThatThrownBy(() -> client.getInputStream().readAllBytes())
                            .isInstanceOf(IOException.class);
                }
            }
            assertThat(greeted).hasValue(2);
            assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly("upstream up: the TLS handshake with a failed: it does not speak TLS");
        } finally {
            logger.detachAppender(lines);
        }
    }

    @Test
    void aBackendsStreamThatIsCutShortIsResetAtTheClient() throws Exception {
        try (TcpBackend backend = secured(
                        "a",
                        BY_ADDRESS,
                        List.of(),
                        socket -> socket.getOutputStream().write('x'));
                TestGateway gateway = gateway(spec(Optional.empty(), true, List.of()), backend.spec());
                Socket client = TestGateway.connect(gateway.tcp(), CLIENT)) {
            assertThat(client.getInputStream().read()).isEqualTo('x');

            backend.next().shutdownOutput();

            TcpRelayContract.assertReset(client);
            assertThat(gateway.ended().ending()).isEqualTo(Ending.BACKEND_ABORTED);
        }
    }

    @Test
    void aBackendThatAsksIsShownTheBundlesCertificate() throws Exception {
        BackendTlsSpec showing = new BackendTlsSpec("own", Optional.empty(), true, List.of());
        try (TcpBackend backend = secured("a", BY_ADDRESS, List.of(), socket -> {
                    asked.add(socket.getSession().getPeerPrincipal().getName());
                    socket.getOutputStream().write('x');
                });
                TestGateway gateway = gateway(showing, backend.spec());
                Socket client = TestGateway.connect(gateway.tcp(), CLIENT)) {
            assertThat(client.getInputStream().read()).isEqualTo('x');
            assertThat(asked).contains("CN=test");
        }
    }

    @ParameterizedTest
    @CsvSource({"y, y", "z, ''", "'', ''"})
    void aClientsApplicationProtocolIsWhatABackendIsOffered(String ofClient, String ofBackend) throws Exception {
        try (TcpBackend backend = secured("a", BY_ADDRESS, List.of("x", "y"), socket -> {
                    socket.getInputStream().read();
                    asked.add("alpn " + socket.getApplicationProtocol());
                    socket.getOutputStream().write('x');
                });
                TestGateway gateway = gateway(spec(Optional.empty(), true, List.of("x", "y")), backend.spec());
                Socket wire = TestGateway.connect(
                        gateway.bind(TlsRelayContract.spec(new TlsSpec(
                                List.of("edge"),
                                List.of(),
                                List.of(),
                                ClientAuth.NONE,
                                List.of("y", "z"),
                                Duration.ofSeconds(10)))),
                        CLIENT)) {
            SSLSocket client = (SSLSocket) TestCertificates.context(Optional.empty(), EDGE)
                    .getSocketFactory()
                    .createSocket(wire, "edge.example.org", wire.getPort(), true);
            SSLParameters parameters = client.getSSLParameters();
            parameters.setApplicationProtocols(ofClient.isEmpty() ? new String[0] : new String[] {ofClient});
            client.setSSLParameters(parameters);
            client.getOutputStream().write('q');
            assertThat(client.getInputStream().read()).isEqualTo('x');
            assertThat(asked).contains("alpn " + ofBackend);
        }
    }

    @Test
    void withoutTlsOfTheClientTheDeclaredApplicationProtocolsAreOffered() throws Exception {
        try (TcpBackend backend = secured("a", BY_ADDRESS, List.of("y", "x"), socket -> {
                    socket.getInputStream().read();
                    asked.add("alpn " + socket.getApplicationProtocol());
                    socket.getOutputStream().write('x');
                });
                TestGateway gateway = gateway(spec(Optional.empty(), true, List.of("x")), backend.spec());
                Socket client = TestGateway.connect(gateway.tcp(), CLIENT)) {
            client.getOutputStream().write('q');
            assertThat(client.getInputStream().read()).isEqualTo('x');
            assertThat(asked).contains("alpn x");
        }
    }

    @Test
    void aReplacedBundleVouchesForNewConnections() throws Exception {
        try (TcpBackend backend = greeting("a", STRANGER);
                TestGateway gateway = gateway(spec(Optional.empty(), false, List.of()), backend.spec())) {
            BoundListener listener = gateway.tcp();
            try (Socket client = TestGateway.connect(listener, CLIENT)) {
                assertThatThrownBy(() -> client.getInputStream().readAllBytes()).isInstanceOf(IOException.class);
            }

            bundles.replace("trust", () -> TestBundles.trusting("trust", STRANGER));

            try (Socket client = TestGateway.connect(listener, CLIENT)) {
                assertThat(TcpBackend.readId(client.getInputStream())).isEqualTo("a");
            }
        }
    }

    private TestGateway gateway(BackendTlsSpec spec, Backend... backends) {
        return TestGateway.withTls(bundles.toBackends(spec), BALANCED, backends);
    }

    private static BackendTlsSpec spec(Optional<String> name, boolean verify, List<String> alpn) {
        return new BackendTlsSpec("trust", name, verify, alpn);
    }

    /** Says its id over TLS, and closes in order when its client does. */
    private TcpBackend greeting(String id, KeyStore own) throws Exception {
        return secured(id, own, List.of(), socket -> {
            socket.getOutputStream().write(id.length());
            socket.getOutputStream().write(id.getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
            socket.close();
        });
    }

    /** A server that ends TLS, asks for a certificate without insisting, and notes the name that it was asked for. */
    private TcpBackend secured(String id, KeyStore own, List<String> alpn, Secured conversation) throws Exception {
        SSLSocketFactory tls = TestCertificates.context(Optional.of(own), EDGE).getSocketFactory();
        return TcpBackend.saying(id, wire -> {
            SSLSocket socket = (SSLSocket) tls.createSocket(wire, null, true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setWantClientAuth(true);
            parameters.setApplicationProtocols(alpn.toArray(String[]::new));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            asked.add(((ExtendedSSLSession) socket.getSession())
                    .getRequestedServerNames().stream()
                            .map(name -> ((SNIHostName) name).getAsciiName())
                            .findFirst()
                            .orElse("no name"));
            conversation.with(socket);
        });
    }

    /** What to say over TLS. */
    @FunctionalInterface
    private interface Secured {
        void with(SSLSocket socket) throws IOException;
    }
}
