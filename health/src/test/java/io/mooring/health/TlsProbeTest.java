package io.mooring.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.topology.ProbeSpec;
import io.mooring.balancer.topology.ProbeSpec.StatusRange;
import io.mooring.balancer.topology.ProbeSpec.Tls;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.ProxyProtocol;
import io.mooring.testkit.KeyTool;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TlsProbeTest {

    private static final String TRUST_STORE = "javax.net.ssl.trustStore";

    @TempDir
    static Path directory;

    private static Prober prober;
    private static KeyManagerFactory keys;

    @BeforeAll
    static void start() throws Exception {
        prober = new Prober();
        Path file = directory.resolve("backend.p12");
        KeyStore store = KeyTool.make(file, "shop.example", "-ext", "san=dns:shop.example");
        keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, KeyTool.PASSWORD.toCharArray());
        System.setProperty(TRUST_STORE, file.toString());
        System.setProperty(TRUST_STORE + "Password", KeyTool.PASSWORD);
    }

    @AfterAll
    static void stop() {
        prober.close();
        System.clearProperty(TRUST_STORE);
        System.clearProperty(TRUST_STORE + "Password");
    }

    /** The certificate is trusted, and for shop.example. */
    @ParameterizedTest
    @CsvSource({"true, shop.example, true", "true, other.example, false", "true, , false", "false, , true"})
    void aCertificateMustBeGoodIfItIsVerified(boolean verified, String name, boolean good) throws Exception {
        try (ScriptedBackend backend = backend()) {
            ProbeSpec tcp = new ProbeSpec.Tcp(new Tls.Apart(verified, name));
            ProbeSpec http = new ProbeSpec.Http(
                    "GET", "/", null, List.of(new StatusRange(200, 200)), "ok", new Tls.Apart(verified, name));

            assertThat(prober.probe(tcp, backend.backend()).good()).isEqualTo(good);
            assertThat(prober.probe(http, backend.backend()).good()).isEqualTo(good);
        }
    }

    /** What traffic begins with before it speaks TLS, a probe does. */
    @Test
    void theHeaderOfTheProxyProtocolComesBeforeTls() throws Exception {
        CompletableFuture<byte[]> said = new CompletableFuture<>();
        try (ScriptedBackend backend = ScriptedBackend.doing(
                socket -> said.complete(socket.getInputStream().readNBytes(16 + 1)))) {
            ProbeSpec tcp = new ProbeSpec.Tcp(new Tls.Apart(false, null));
            ProbeTls tls = new TlsApart(new Tls.Apart(false, null), false, Runnable::run);

            assertThat(prober.probe(tcp, backend.backend(), Duration.ofMillis(500), tls, ProxyProtocol.V2)
                            .good())
                    .isFalse();

            assertThat(said.get(10, TimeUnit.SECONDS))
                    .startsWith(HexFormat.of().parseHex("0d0a0d0a000d0a515549540a20000000"))
                    .endsWith(0x16);
        }
    }

    @Test
    void aCertificateThatNobodyTrustsIsNotGood() throws Exception {
        String trusted = System.clearProperty(TRUST_STORE);
        try (ScriptedBackend backend = backend()) {
            ProbeResult result =
                    prober.probe(new ProbeSpec.Tcp(new Tls.Apart(true, "shop.example")), backend.backend());

            assertThat(result.good()).isFalse();
            assertThat(result.words()).startsWith("TLS: ");
        } finally {
            System.setProperty(TRUST_STORE, trusted);
        }
    }

    @Test
    void grpcIsSpokenOverHttp2ThatTlsAgreedOn() throws Exception {
        SslContext tls = SslContextBuilder.forServer(keys)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        "h2"))
                .build();
        try (GrpcBackend backend = new GrpcBackend("00000000020801", "0", tls)) {
            assertThat(prober.probe(new ProbeSpec.Grpc("", new Tls.Apart(true, "shop.example")), backend.backend()))
                    .isEqualTo(ProbeResult.good("SERVING"));
        }
    }

    @Test
    void grpcIsSpokenOverHttp2ThatTheTlsOfTrafficAgreedOn() throws Exception {
        SslContext server = SslContextBuilder.forServer(keys)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        "h2"))
                .build();
        SslContext client = SslContextBuilder.forClient()
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null)
                .build();
        ProbeTls traffic = (buffers, backend) -> {
            SslHandler tls = client.newHandler(buffers);
            SSLParameters parameters = tls.engine().getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            tls.engine().setSSLParameters(parameters);
            return tls;
        };
        try (GrpcBackend backend = new GrpcBackend("00000000020801", "0", server)) {
            ProbeSpec grpc = new ProbeSpec.Grpc("", new Tls.AsTraffic());

            assertThat(prober.probe(grpc, backend.backend(), Prober.TIMEOUT, traffic))
                    .isEqualTo(ProbeResult.good("SERVING"));
        }
    }

    @Test
    void aBackendThatDoesNotOfferHttp2IsBad() throws Exception {
        try (ScriptedBackend backend = backend()) {
            assertThat(prober.probe(new ProbeSpec.Grpc("", new Tls.Apart(false, null)), backend.backend()))
                    .isEqualTo(ProbeResult.bad("it does not speak HTTP/2"));
        }
    }

    @Test
    void aBackendWithoutTlsIsBad() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 200 OK\r\n\r\n")) {
            Backend plain = backend.backend();

            assertThat(prober.probe(new ProbeSpec.Tcp(new Tls.Apart(false, null)), plain)
                            .good())
                    .isFalse();
        }
    }

    @Test
    void whatABackendSaysInTheClearIsNotRepeated() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.doing(
                socket -> socket.getOutputStream().write("220 ready\r\n".getBytes(StandardCharsets.US_ASCII)))) {
            assertThat(prober.probe(new ProbeSpec.Tcp(new Tls.Apart(false, null)), backend.backend()))
                    .isEqualTo(ProbeResult.bad("it does not speak TLS"));
        }
    }

    private static ScriptedBackend backend() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return new ScriptedBackend(
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                socket -> {
                    ((SSLSocket) socket).setSoTimeout(300);
                    try {
                        ScriptedBackend.readHead(socket);
                        socket.getOutputStream()
                                .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                                        .getBytes(StandardCharsets.ISO_8859_1));
                    } catch (IOException e) {
                        socket.close();
                    }
                });
    }
}
