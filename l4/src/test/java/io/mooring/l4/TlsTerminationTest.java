package io.mooring.l4;

import static io.mooring.l4.TestGateway.BALANCED;
import static io.mooring.l4.TestGateway.STICKY;
import static io.mooring.l4.TlsRelayContract.over;
import static io.mooring.l4.TlsRelayContract.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.topology.ServerNameSpec;
import io.mooring.balancer.topology.TlsSpec;
import io.mooring.balancer.topology.TlsSpec.ClientAuth;
import io.mooring.balancer.upstream.Backend;
import io.mooring.l4.tls.BundleInUse;
import io.mooring.l4.tls.TlsBundle;
import io.mooring.l4.tls.TlsContexts;
import io.mooring.l4.tls.TlsSetupException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTerminationTest {

    private static final String CLIENT = "127.0.0.1";
    private static final KeyStore FIRST = TestCertificates.of("dns:one.example.org");
    private static final KeyStore SECOND = TestCertificates.of("dns:two.example.org", "dns:*.two.example.org");
    private static final KeyStore CLIENTS = TestCertificates.of("dns:client.example.org");
    private static final TlsSpec BOTH = tls(List.of("first", "second"), ClientAuth.NONE, List.of());

    private final TestBundles bundles = new TestBundles(Map.of(
            "first", TestBundles.bundle("first", FIRST, CLIENTS),
            "second", TestBundles.bundle("second", SECOND, CLIENTS)));
    private final TlsContexts contexts = new TlsContexts(bundles, TestGateway.NOTHING, InstantSource.system());

    @ParameterizedTest
    @CsvSource({
        "one.example.org, first",
        "two.example.org, second",
        "x.two.example.org, second",
        "y.x.two.example.org, first",
        "three.example.org, first",
        "TWO.example.org, second",
    })
    void theServerNameChoosesTheCertificate(String name, String bundle) throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.withTls(contexts, BALANCED, backend.spec());
                Socket wire = TestGateway.connect(gateway.bind(spec(BOTH)), CLIENT)) {
            assertThat(shown(over(wire, "TLSv1.3", name, trusting())))
                    .isEqualTo(TestCertificates.certificate(bundle.equals("first") ? FIRST : SECOND));
        }
    }

    @Test
    void aClientThatAsksForNoServerIsShownTheFirstCertificate() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.withTls(contexts, BALANCED, backend.spec());
                Socket wire = TestGateway.connect(gateway.bind(spec(BOTH)), CLIENT)) {
            assertThat(shown(over(wire, "TLSv1.3", CLIENT, trusting()))).isEqualTo(TestCertificates.certificate(FIRST));
        }
    }

    @Test
    void clientsAreKeptByTheirAddressAsOverTcp() throws Exception {
        try (TcpBackend a = TcpBackend.echo("a");
                TcpBackend b = TcpBackend.echo("b");
                TestGateway gateway = TestGateway.withTls(contexts, STICKY, a.spec(), b.spec())) {
            BoundListener listener = gateway.bind(spec(BOTH));
            String first = visit(listener);
            assertThat(gateway.ended().outcome()).isEqualTo(Outcome.NEW);
            for (int i = 0; i < 3; i++) {
                assertThat(visit(listener)).isEqualTo(first);
                assertThat(gateway.ended().outcome()).isEqualTo(Outcome.KEPT);
            }
        }
    }

    @Test
    void theServerNameMayLeadToAnotherUpstream() throws Exception {
        try (TcpBackend a = TcpBackend.echo("a");
                TcpBackend b = TcpBackend.echo("b");
                TestGateway gateway = TestGateway.withTls(contexts, BALANCED, a.spec())) {
            gateway.addUpstream("other", b.spec());
            BoundListener listener = gateway.bind(
                    spec(BOTH, new ServerNameSpec(Map.of("two.example.org", "other"), Duration.ofSeconds(3))));
            for (String name : List.of("one.example.org", "two.example.org")) {
                try (Socket wire = TestGateway.connect(listener, CLIENT);
                        SSLSocket client = over(wire, "TLSv1.3", name, trusting())) {
                    assertThat(TcpBackend.readId(client.getInputStream()))
                            .isEqualTo(name.startsWith("one") ? "a" : "b");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aSessionIsResumedOnAnotherConnection(String version) throws Exception {
        SSLContext client = trusting();
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.withTls(contexts, BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(spec(BOTH));
            long created = 0;
            for (int i = 0; i < 3; i++) {
                try (Socket wire = TestGateway.connect(listener, CLIENT);
                        SSLSocket socket = over(wire, version, "one.example.org", client)) {
                    TcpBackend.readId(socket.getInputStream());
                    long now = socket.getSession().getCreationTime();
                    assertThat(i == 0 || now == created)
                            .as("connection %d is resumed", i)
                            .isTrue();
                    created = now;
                }
            }
        }
    }

    @Test
    void onlyTheVersionsAndCipherSuitesThatAreDeclaredAreSpoken() throws Exception {
        TlsSpec narrow = new TlsSpec(
                List.of("first"),
                List.of("TLSv1.3"),
                List.of("TLS_AES_256_GCM_SHA384"),
                ClientAuth.NONE,
                List.of(),
                Duration.ofSeconds(10));
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.withTls(contexts, BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(spec(narrow));
            try (Socket wire = TestGateway.connect(listener, CLIENT)) {
                assertThat(over(wire, "TLSv1.3", "one.example.org", trusting())
                                .getSession()
                                .getCipherSuite())
                        .isEqualTo("TLS_AES_256_GCM_SHA384");
            }
            assertThatThrownBy(
                            () -> over(TestGateway.connect(listener, CLIENT), "TLSv1.2", "one.example.org", trusting()))
                    .isInstanceOf(IOException.class);
            Eventually.await("the failure is counted", () -> listener.refused(Refusal.HANDSHAKE_FAILED) == 1);
        }
    }

    @ParameterizedTest
    @MethodSource("clientCertificates")
    void aClientsCertificateIsAskedForAsDeclared(ClientAuth declared, Optional<KeyStore> own, boolean served)
            throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.withTls(contexts, BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(spec(tls(List.of("first"), declared, List.of("x"))));
            SSLContext context = TestCertificates.context(own, FIRST);
            try (Socket wire = TestGateway.connect(listener, CLIENT)) {
                // A client of TLS 1.3 hears of its rejection when it reads.
                if (served) {
                    assertThat(TcpBackend.readId(over(wire, "TLSv1.3", "one.example.org", context)
                                    .getInputStream()))
                            .isEqualTo("a");
                } else {
                    assertThatThrownBy(() -> over(wire, "TLSv1.3", "one.example.org", context)
                                    .getInputStream()
                                    .read())
                            .isInstanceOf(IOException.class);
                    assertThat(gateway.ended().ending()).isEqualTo(Ending.HANDSHAKE_FAILED);
                }
            }
        }
    }

    static Stream<Arguments> clientCertificates() {
        Optional<KeyStore> stranger = Optional.of(TestCertificates.of("dns:stranger.example.org"));
        return Stream.of(
                Arguments.of(ClientAuth.NONE, Optional.empty(), true),
                Arguments.of(ClientAuth.WANT, Optional.empty(), true),
                Arguments.of(ClientAuth.WANT, Optional.of(CLIENTS), true),
                Arguments.of(ClientAuth.WANT, stranger, false),
                Arguments.of(ClientAuth.NEED, Optional.of(CLIENTS), true),
                Arguments.of(ClientAuth.NEED, Optional.empty(), false),
                Arguments.of(ClientAuth.NEED, stranger, false));
    }

    @ParameterizedTest
    @CsvSource({"x, x", "'y,x', y", "'', ''"})
    void anApplicationProtocolIsNegotiated(String offered, String expected) throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.withTls(contexts, BALANCED, backend.spec());
                Socket wire = TestGateway.connect(
                        gateway.bind(spec(tls(List.of("first"), ClientAuth.NONE, List.of("y", "x")))), CLIENT)) {
            SSLSocket client = offering(wire, offered.isEmpty() ? new String[0] : offered.split(",", -1));
            client.startHandshake();
            assertThat(client.getApplicationProtocol()).isEqualTo(expected);
            client.shutdownOutput();
            client.getInputStream().readAllBytes();
            assertThat(gateway.ended().tls().alpn()).isEqualTo(expected.isEmpty() ? null : expected);
        }
    }

    @Test
    void aClientThatOffersOnlyOtherApplicationProtocolsIsRefused() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.withTls(contexts, BALANCED, backend.spec());
                Socket wire = TestGateway.connect(
                        gateway.bind(spec(tls(List.of("first"), ClientAuth.NONE, List.of("y")))), CLIENT)) {
            assertThatThrownBy(() -> offering(wire, "z").startHandshake())
                    .hasMessageContaining("no_application_protocol");
            assertThat(gateway.ended().ending()).isEqualTo(Ending.HANDSHAKE_FAILED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001\u0000\u0004\u0001\u0000\u0000\u0000"})
    void whoDoesNotSpeakTlsIsTurnedAwayCountedAndReachesNoBackend(String words) throws Exception {
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = TestGateway.withTls(contexts, BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(spec(BOTH));
            try (Socket client = TestGateway.connect(listener, CLIENT)) {
                client.getOutputStream().write(words.getBytes(StandardCharsets.ISO_8859_1));
                assertThat(isClosed(client)).isTrue();
            }
            ConnectionRecord record = gateway.ended();
            assertThat(record.ending()).isEqualTo(Ending.HANDSHAKE_FAILED);
            assertThat(record.scope()).isNull();
            assertThat(record.outcome()).isNull();
            assertThat(record.attempts()).isZero();
            assertThat(listener.refused(Refusal.HANDSHAKE_FAILED)).isEqualTo(1);
            assertThat(gateway.activity("a").picks()).isZero();
            assertThat(listener.open()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 40})
    void aHandshakeThatTakesTooLongIsCut(int bytes) throws Exception {
        TlsSpec hasty =
                new TlsSpec(List.of("first"), List.of(), List.of(), ClientAuth.NONE, List.of(), Duration.ofMillis(300));
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = TestGateway.withTls(contexts, BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(spec(hasty));
            try (Socket client = TestGateway.connect(listener, CLIENT)) {
                byte[] beginning = new byte[bytes];
                Arrays.fill(beginning, (byte) 1);
                if (bytes > 0) {
                    System.arraycopy(new byte[] {22, 3, 1, 1, 0}, 0, beginning, 0, Math.min(5, bytes));
                }
                client.getOutputStream().write(beginning);
                TcpRelayContract.assertReset(client);
            }
            assertThat(gateway.ended().ending()).isEqualTo(Ending.HANDSHAKE_TIMEOUT);
            assertThat(listener.refused(Refusal.HANDSHAKE_TIMEOUT)).isEqualTo(1);
        }
    }

    @Test
    void aClientThatLeavesBeforeItsHandshakeIsOverHasAbortedIt() throws Exception {
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = TestGateway.withTls(contexts, BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(spec(BOTH));
            TestGateway.connect(listener, CLIENT).close();
            assertThat(gateway.ended().ending()).isEqualTo(Ending.CLIENT_ABORTED);
            TcpBackend.reset(TestGateway.connect(listener, CLIENT));
            assertThat(gateway.ended().ending()).isEqualTo(Ending.CLIENT_ABORTED);
            Eventually.await("nothing is open", () -> listener.open() == 0);
        }
    }

    @Test
    void aReplacedCertificateServesNewConnectionsAndDropsNone() throws Exception {
        KeyStore next = TestCertificates.another("dns:one.example.org");
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.withTls(contexts, BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(spec(BOTH));
            try (Socket wire = TestGateway.connect(listener, CLIENT);
                    SSLSocket before = over(wire, "TLSv1.3", "one.example.org", trusting())) {
                TcpBackend.readId(before.getInputStream());

                bundles.replace("first", () -> TestBundles.bundle("first", next));

                assertThat(shown(connect(listener, next))).isEqualTo(TestCertificates.certificate(next));
                before.getOutputStream().write('x');
                assertThat(before.getInputStream().read()).isEqualTo('x');
            }
            assertThat(reloads("first").accepted()).isEqualTo(1);
            assertThat(reloads("first").refused()).isZero();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badReplacements")
    void aBadReplacementIsRefusedAndTheGoodOneStays(String what, Supplier<TlsBundle> replacement) throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.withTls(contexts, BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(spec(BOTH));

            bundles.replace("first", replacement);

            assertThat(shown(connect(listener, FIRST))).isEqualTo(TestCertificates.certificate(FIRST));
            assertThat(reloads("first").refused()).isEqualTo(1);
            assertThat(reloads("first").accepted()).isZero();
        }
    }

    static Stream<Arguments> badReplacements() throws Exception {
        KeyStore mismatched = TestCertificates.mismatched();
        return Stream.of(
                replacement("cannot be read", () -> {
                    throw new IllegalStateException("half a file");
                }),
                replacement(
                        "expired", () -> TestBundles.bundle("first", TestCertificates.expired("dns:one.example.org"))),
                replacement("another's key", () -> TestBundles.bundle("first", mismatched)),
                replacement("no key", () -> TestBundles.trusting("first", FIRST)),
                replacement("an old version", () -> withOptions(List.of("TLSv1.1"), List.of())),
                replacement("an unknown cipher suite", () -> withOptions(List.of(), List.of("TLS_NO_SUCH"))));
    }

    @Test
    void aBundleThatCannotBeUsedKeepsTheListenerFromOpening() throws Exception {
        KeyStore mismatched = TestCertificates.mismatched();
        TestBundles bad = new TestBundles(Map.of("first", TestBundles.bundle("first", mismatched)));
        TlsContexts unusable = new TlsContexts(bad, TestGateway.NOTHING, InstantSource.system());
        try (TestGateway gateway = TestGateway.withTls(unusable, BALANCED, new Backend("a", CLIENT, 1, 1))) {
            assertThatThrownBy(() -> gateway.bind(spec(tls(List.of("first"), ClientAuth.NONE, List.of()))))
                    .isInstanceOf(TlsSetupException.class)
                    .hasMessage("SSL bundle first: its private key is not its certificate's");
            assertThatThrownBy(() -> gateway.bind(spec(tls(List.of("none"), ClientAuth.NONE, List.of()))))
                    .isInstanceOf(TlsSetupException.class)
                    .hasMessage("SSL bundle none: cannot be read: there is no none");
        }
    }

    private static Arguments replacement(String what, Supplier<TlsBundle> replacement) {
        return Arguments.of(what, replacement);
    }

    private static TlsBundle withOptions(List<String> protocols, List<String> ciphers) {
        TlsBundle like = TestBundles.bundle("first", FIRST);
        return new TlsBundle("first", like.keys(), like.trust(), protocols, ciphers);
    }

    private BundleInUse reloads(String bundle) {
        return contexts.bundles().stream()
                .filter(each -> each.name().equals(bundle))
                .findFirst()
                .orElseThrow();
    }

    private static TlsSpec tls(List<String> bundles, ClientAuth clientAuth, List<String> alpn) {
        return new TlsSpec(bundles, List.of(), List.of(), clientAuth, alpn, Duration.ofSeconds(10));
    }

    private static SSLContext trusting() throws Exception {
        return TestCertificates.context(Optional.empty(), FIRST, SECOND);
    }

    private static SSLSocket connect(BoundListener listener, KeyStore trusted) throws Exception {
        return over(
                TestGateway.connect(listener, CLIENT),
                "TLSv1.3",
                "one.example.org",
                TestCertificates.context(Optional.empty(), trusted));
    }

    private static SSLSocket offering(Socket wire, String... protocols) throws Exception {
        SSLSocket client =
                (SSLSocket) trusting().getSocketFactory().createSocket(wire, "one.example.org", wire.getPort(), true);
        SSLParameters parameters = client.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        client.setSSLParameters(parameters);
        return client;
    }

    private static String visit(BoundListener listener) throws Exception {
        try (Socket wire = TestGateway.connect(listener, CLIENT);
                SSLSocket client = over(wire, "TLSv1.3", "one.example.org", trusting())) {
            String id = TcpBackend.readId(client.getInputStream());
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            return id;
        }
    }

    private static Certificate shown(SSLSocket client) throws IOException {
        try (client) {
            return client.getSession().getPeerCertificates()[0];
        }
    }

    /** Whether the gateway closes the connection, whatever alert it sends before. */
    private static boolean isClosed(Socket client) {
        try {
            client.getInputStream().readAllBytes();
        } catch (IOException e) {
            return e instanceof SocketException;
        }
        return true;
    }
}
