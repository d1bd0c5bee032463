package io.mooring.l4;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What happens when the process has no file descriptors left. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the limit is set by a shell")
class DescriptorsTest {

    private static final int DESCRIPTORS = 160;
    private static final int CROWD = 300;
    private static final String COMPLAINT = "Too many open files";

    @Test
    void connectionsWithoutOneAreNotAcceptedAndTheNextAreServedOnceSomeAreFree() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                LoneGateway gateway = new LoneGateway(
                        DESCRIPTORS, Protocol.TCP, backend.spec().port())) {
            assertThat(serves(gateway)).isTrue();

            List<Socket> crowd = new ArrayList<>();
            for (int i = 0; i < CROWD; i++) {
                crowd.add(new Socket(InetAddress.getLoopbackAddress(), gateway.port()));
            }
            assertComplainsAndRests(gateway);

            for (Socket socket : crowd) {
                TcpBackend.reset(socket);
            }
            Eventually.await("it serves again", () -> serves(gateway));
            assertThat(gateway.said("\tat ")).isEmpty();
        }
    }

    @Test
    void flowsWithoutOneEndAndTheirClientsAreServedOnceSomeAreFree() throws Exception {
        try (UdpBackend backend = UdpBackend.echo("a");
                LoneGateway gateway = new LoneGateway(
                        DESCRIPTORS, Protocol.UDP, backend.spec().port())) {
            InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port());
            try (UdpClient client = new UdpClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), to)) {
                // There must be no class of the gateway's left to load, which takes a descriptor where it is no jar.
                assertThat(client.ask("hello")).isEqualTo("ahello");
            }
            backend.hush();
            List<UdpClient> crowd = new ArrayList<>();
            for (int i = 0; i < CROWD; i++) {
                UdpClient client = new UdpClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), to);
                crowd.add(client);
                client.send("hello");
            }
            assertComplainsAndRests(gateway);

            backend.speak();
            for (UdpClient client : crowd) {
                assertThat(client.insist("hello")).isEqualTo("ahello");
                client.close();
            }
            assertThat(gateway.said("\tat ")).isEmpty();
        }
    }

    private static void assertComplainsAndRests(LoneGateway gateway) {
        Eventually.await("it complains", () -> !gateway.said(COMPLAINT).isEmpty());
        Duration before = gateway.cpu();
        assertThat(Eventually.holdsWithin(Duration.ofSeconds(2), () -> !gateway.isAlive()))
                .isFalse();
        assertThat(gateway.cpu().minus(before)).isLessThan(Duration.ofMillis(500));
        assertThat(gateway.said(COMPLAINT)).hasSizeLessThan(10);
    }

    private static boolean serves(LoneGateway gateway) {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            client.setSoTimeout(2_000);
            return TcpBackend.readId(client.getInputStream()).equals("a");
        } catch (IOException e) {
            return false;
        }
    }
}
