package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.testkit.Visitors;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** One gateway after another on the same ports, each in a process of its own. */
@EnabledIf(value = "isNative", disabledReason = "no native epoll on this machine")
class RestartTest {

    @TempDir
    Path directory;

    private int http;
    private int tcp;

    @BeforeEach
    void choosePorts() {
        http = Ports.free(Protocol.TCP);
        tcp = Ports.free(Protocol.TCP);
    }

    @Test
    void aGatewayTakesOverFromAnotherWithoutASingleClientRefusedOrReset() throws Exception {
        try (HttpBackends shop = HttpBackends.start("shop", 1);
                EchoBackends echo = EchoBackends.start("echo", Protocol.TCP, 1);
                GatewayProcess first = GatewayProcess.start(directory, http, ShopAndEcho.balanced(shop, echo, tcp))) {
            Visitors byTcp = Visitors.making(this::visitByTcp, 3);
            Visitors byHttp = Visitors.making(this::visitByHttp, 3);
            Awaiting.until(() -> byTcp.served() > 20 && byHttp.served() > 20);

            try (GatewayProcess second = GatewayProcess.start(
                    directory, http, ShopAndEcho.balanced(shop, echo, tcp), "--mooring.share-ports=true")) {
                first.stop();
                int tcpByThen = byTcp.served();
                int httpByThen = byHttp.served();
                Awaiting.until(() -> byTcp.served() > tcpByThen + 50 && byHttp.served() > httpByThen + 50);
                byTcp.stop();
                byHttp.stop();

                assertThat(byTcp.failures()).isEmpty();
                assertThat(byHttp.failures()).isEmpty();
                assertThat(second.isAlive()).isTrue();
            }
        }
    }

    @Test
    void aSecondGatewayThatIsNotMeantToShareDoesNotStart() throws Exception {
        try (HttpBackends shop = HttpBackends.start("shop", 1);
                EchoBackends echo = EchoBackends.start("echo", Protocol.TCP, 1);
                Gateway first =
                        Gateway.start(directory, ShopAndEcho.balanced(shop, echo, tcp), "--server.port=" + http)) {
            assertThat(first.port()).isEqualTo(http);
            assertThatThrownBy(() ->
                            Gateway.start(directory, ShopAndEcho.balanced(shop, echo, tcp), "--server.port=" + http))
                    .hasStackTraceContaining(String.valueOf(http));
            assertThatThrownBy(() -> Gateway.start(directory, ShopAndEcho.balanced(shop, echo, tcp)))
                    .hasStackTraceContaining(String.valueOf(tcp));
        }
    }

    static boolean isNative() {
        return Epoll.isAvailable();
    }

    private void visitByTcp() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), tcp)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readNBytes(13), StandardCharsets.UTF_8);
            if (!answer.equals("echo-1: hello")) {
                throw new IOException("heard: " + answer);
            }
        }
    }

    private void visitByHttp() throws IOException {
        String answer = GatewayProcess.get(http, "/");
        if (!answer.startsWith("HTTP/1.1 200 ") || !answer.endsWith("shop-1")) {
            throw new IOException("heard: " + answer);
        }
    }
}
