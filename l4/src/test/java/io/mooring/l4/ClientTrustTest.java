package io.mooring.l4;

import static io.mooring.l4.TestGateway.BALANCED;
import static io.mooring.l4.TlsRelayContract.over;
import static io.mooring.l4.TlsRelayContract.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ServerNameSpec;
import io.mooring.balancer.topology.TlsSpec;
import io.mooring.balancer.topology.TlsSpec.ClientAuth;
import io.mooring.balancer.upstream.Backend;
import io.mooring.l4.tls.TlsBundle;
import io.mooring.l4.tls.TlsContexts;
import java.io.IOException;
import java.net.Socket;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A listener of two names, each with clients, a certificate and an upstream of its own. */
class ClientTrustTest {

    private static final String CLIENT = "127.0.0.1";
    private static final KeyStore ONE = TestCertificates.of("dns:one.example.org");
    private static final KeyStore TWO = TestCertificates.of("dns:two.example.org", "dns:*.two.example.org");
    private static final KeyStore OF_ONE = TestCertificates.of("dns:client-of-one.example.org");
    private static final KeyStore OF_TWO = TestCertificates.of("dns:client-of-two.example.org");

    private final TestBundles bundles = new TestBundles(Map.of(
            "one", TestBundles.bundle("one", ONE, OF_ONE),
            "two", TestBundles.bundle("two", TWO, OF_TWO),
            "careless", careless()));
    private final TlsContexts contexts = new TlsContexts(bundles, TestGateway.NOTHING, InstantSource.system());

    @ParameterizedTest
    @CsvSource({
        "NEED, one, one.example.org, a",
        "NEED, one, two.example.org, ",
        "NEED, one, x.two.example.org, ",
        "NEED, one, y.x.two.example.org, a",
        "NEED, two, one.example.org, ",
        "NEED, two, two.example.org, b",
        "NEED, two, x.two.example.org, b",
        "WANT, one, y.x.two.example.org, a",
        "NONE, one, y.x.two.example.org, b",
    })
    void whoOneBundleVouchesForIsNotLedToTheUpstreamOfAnother(
            ClientAuth declared, String own, String asked, String backend) throws Exception {
        SSLContext client = TestCertificates.context(Optional.of(own.equals("one") ? OF_ONE : OF_TWO), ONE, TWO);
        try (TcpBackend a = TcpBackend.echo("a");
                TcpBackend b = TcpBackend.echo("b");
                TestGateway gateway = TestGateway.withTls(contexts, BALANCED, a.spec())) {
            gateway.addUpstream("other", b.spec());
            BoundListener listener = gateway.bind(listener(declared, "one", "two"));
            try (Socket wire = TestGateway.connect(listener, CLIENT)) {
                if (backend == null) {
                    assertThatThrownBy(() -> ask(wire, asked, client)).isInstanceOf(IOException.class);
                    assertThat(gateway.ended().ending()).isEqualTo(Ending.HANDSHAKE_FAILED);
                } else {
                    assertThat(ask(wire, asked, client)).isEqualTo(backend);
                }
            }
        }
    }

    @Test
    void aBundleThatTrustsWhatTheJdkTrustsVouchesForNoClients() throws Exception {
        try (TestGateway gateway = TestGateway.withTls(contexts, BALANCED, new Backend("a", CLIENT, 1, 1))) {
            assertThatThrownBy(() -> gateway.bind(listener(ClientAuth.NEED, "careless")))
                    .hasMessage("SSL bundle careless: no truststore"
                            + " (expected: one, since clients are asked for certificates)");
        }
    }

    private static String ask(Socket wire, String name, SSLContext context) throws Exception {
        try (SSLSocket client = over(wire, "TLSv1.3", name, context)) {
            return TcpBackend.readId(client.getInputStream());
        }
    }

    private static ListenerSpec listener(ClientAuth clientAuth, String... bundles) {
        TlsSpec tls =
                new TlsSpec(List.of(bundles), List.of(), List.of(), clientAuth, List.of(), Duration.ofSeconds(10));
        return spec(
                tls,
                bundles.length == 1
                        ? ServerNameSpec.NONE
                        : new ServerNameSpec(
                                Map.of("two.example.org", "other", "*.two.example.org", "other"),
                                Duration.ofSeconds(3)));
    }

    private static TlsBundle careless() {
        TlsBundle like = TestBundles.bundle("careless", ONE);
        return new TlsBundle("careless", like.keys(), Optional.empty(), List.of(), List.of());
    }
}
