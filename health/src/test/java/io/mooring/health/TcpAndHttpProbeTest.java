package io.mooring.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mooring.balancer.topology.ProbeSpec;
import io.mooring.balancer.topology.ProbeSpec.StatusRange;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.ProxyProtocol;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class TcpAndHttpProbeTest {

    private static final ProbeSpec TCP = new ProbeSpec.Tcp(null);
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private static Prober prober;

    @BeforeAll
    static void start() {
        prober = new Prober();
    }

    @AfterAll
    static void stop() {
        prober.close();
    }

    @Test
    void aBackendThatAcceptsIsGood() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.doing(socket -> {})) {
            assertThat(prober.probe(TCP, backend.backend())).isEqualTo(ProbeResult.good("connected"));
        }
    }

    @Test
    void aBackendThatExpectsTheProxyProtocolIsToldThatNoClientComes() throws Exception {
        CompletableFuture<String> said = new CompletableFuture<>();
        try (ScriptedBackend backend = ScriptedBackend.doing(socket ->
                said.complete(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)))) {
            assertThat(prober.probe(TCP, backend.backend(), Prober.TIMEOUT, null, ProxyProtocol.V1))
                    .isEqualTo(ProbeResult.good("connected"));

            assertThat(said.get(10, TimeUnit.SECONDS)).isEqualTo("PROXY UNKNOWN\r\n");
        }
    }

    @Test
    void aRequestFollowsTheHeaderOfTheProxyProtocol() throws Exception {
        CompletableFuture<String> said = new CompletableFuture<>();
        try (ScriptedBackend backend = ScriptedBackend.doing(socket -> {
            String header = new String(socket.getInputStream().readNBytes(16), StandardCharsets.ISO_8859_1);
            said.complete(header + ScriptedBackend.readHead(socket));
            socket.getOutputStream().write((OK + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            socket.close();
        })) {
            assertThat(prober.probe(http(null), backend.backend(), Prober.TIMEOUT, null, ProxyProtocol.V2)
                            .good())
                    .isTrue();

            assertThat(said.get(10, TimeUnit.SECONDS)).startsWith("\r\n\r\n\0\r\nQUIT\n \0\0\0GET / HTTP/1.1\r\n");
        }
    }

    @Test
    void aBackendIsFoundByItsName() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.doing(socket -> {})) {
            Backend named = new Backend("b", "localhost", backend.backend().port(), 10);

            assertThat(prober.probe(TCP, named).good()).isTrue();
        }
    }

    @Test
    void aBackendThatRefusesIsBad() throws Exception {
        ProbeResult result = prober.probe(TCP, new Backend("b", "127.0.0.1", closedPort(), 10));

        assertThat(result.good()).isFalse();
        assertThat(result.words()).contains("refused");
    }

    @Test
    void aBackendThatSaysNothingIsBadWhenTheTimeIsOver() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.doing(socket -> {})) {
            long began = System.nanoTime();
            ProbeResult result = prober.probe(http(null), backend.backend(), Duration.ofMillis(300));

            assertThat(result).isEqualTo(ProbeResult.bad("no answer in time"));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        }
    }

    @Test
    void aBackendThatResetsIsBad() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.doing(socket -> {
            ScriptedBackend.readHead(socket);
            socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            socket.close();
        })) {
            assertThat(prober.probe(http(null), backend.backend()).good()).isFalse();
        }
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                arguments(OK + "\r\n", null, true, "status 200"),
                arguments("HTTP/1.1 399 Odd\r\n\r\n", null, true, "status 399"),
                arguments("HTTP/1.1 400 Bad\r\n\r\n", null, false, "status 400"),
                arguments("HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nok", "ok", false, "status 503"),
                arguments("HTTP/1.1 103 Hints\r\n\r\n" + OK + "\r\n", null, true, "status 200"),
                arguments(OK + "Content-Length: 9\r\n\r\nall is ok", "is ok", true, "status 200 and the text"),
                arguments(OK + "Content-Length: 9\r\n\r\nall is ko", "is ok", false, "status 200 without the text"),
                arguments(
                        OK + "Content-Length: 9000000\r\n\r\n" + "x".repeat(70_000),
                        "ok",
                        false,
                        "status 200 without the text"),
                arguments(
                        OK + "Transfer-Encoding: chunked\r\n\r\n3\r\nall\r\n3\r\n ok\r\n0\r\n\r\n",
                        "all ok",
                        true,
                        "status 200 and the text"),
                arguments("220 mail.example ESMTP\r\n\r\n", null, false, "its answer is not HTTP"));
    }

    @ParameterizedTest(name = "{index} {3}")
    @MethodSource("answers")
    void anAnswerIsJudged(String answer, String text, boolean good, String words) throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.answering(answer)) {
            assertThat(prober.probe(http(text), backend.backend()))
                    .isEqualTo(good ? ProbeResult.good(words) : ProbeResult.bad(words));
        }
    }

    @Test
    void aRequestSaysWhatItIsConfiguredToAndWhoAsks() throws Exception {
        CompletableFuture<String> head = new CompletableFuture<>();
        try (ScriptedBackend backend =
                ScriptedBackend.doing(socket -> head.complete(ScriptedBackend.readHead(socket)))) {
            ProbeSpec spec = new ProbeSpec.Http(
                    "HEAD", "/ready?deep=1", "shop.example", List.of(new StatusRange(200, 200)), null, null);
            prober.probe(spec, backend.backend(), Duration.ofMillis(300));

            assertThat(head.get(10, TimeUnit.SECONDS))
                    .startsWith("HEAD /ready?deep=1 HTTP/1.1\r\n")
                    .containsIgnoringCase("\r\nhost: shop.example\r\n")
                    .containsIgnoringCase("\r\nuser-agent: " + Prober.USER_AGENT + "\r\n")
                    .containsIgnoringCase("\r\nconnection: close\r\n");
        }
    }

    private static ProbeSpec http(String text) {
        return new ProbeSpec.Http("GET", "/", null, List.of(new StatusRange(200, 399)), text, null);
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void ofABackendThatThereIsNoSocketForNothingIsSaid() throws Exception {
        try (Prober starved = new Prober(NoSocket.class, NioDatagramChannel::new)) {
            assertThat(starved.probe(TCP, new Backend("a", "127.0.0.1", 9, 10)))
                    .isEqualTo(ProbeResult.unknown("Too many open files"));
        }
    }

    @Test
    void ofABackendThatThereIsNoSocketForToAskForItsNameNothingIsSaid() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.doing(socket -> {});
                Prober starved = new Prober(NioSocketChannel.class, () -> {
                    throw new ChannelException("Too many open files");
                })) {
            int port = backend.backend().port();
            assertThat(starved.probe(TCP, new Backend("a", "backend.test", port, 10)))
                    .isEqualTo(ProbeResult.unknown("Too many open files"));
            assertThat(starved.probe(TCP, new Backend("a", "127.0.0.1", port, 10))
                            .good())
                    .as("an address, which is no question")
                    .isTrue();
        }
    }

    /** As it is when the process has no descriptor left. */
    public static final class NoSocket extends NioSocketChannel {
        public NoSocket() {
            throw new ChannelException("Too many open files");
        }
    }
}
