package io.mooring.l4;

import static io.mooring.l4.TestGateway.BALANCED;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.topology.FlowSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UdpFlowsTest {

    private static final String CLIENT = "127.0.0.2";

    @Test
    void aFlowEndsWithItsOneResponse() throws Exception {
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.udp("127.0.0.1", new FlowSpec(10, 1)));
            try (UdpClient client = new UdpClient(listener, CLIENT)) {
                for (int i = 0; i < 3; i++) {
                    assertThat(client.ask("hello")).isEqualTo("ahello");
                    ConnectionRecord record = gateway.ended();
                    assertThat(record.ending()).isEqualTo(Ending.COMPLETED);
                    assertThat(record.datagramsFromBackend()).isEqualTo(1);
                }
                assertThat(listener.open()).isZero();
            }
        }
    }

    @Test
    void questionsThatAreAskedTogetherAreAllAnsweredBeforeTheFlowEnds() throws Exception {
        int questions = 20;
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.udp("127.0.0.1", new FlowSpec(10, 1)));
            try (UdpClient client = new UdpClient(listener, CLIENT)) {
                for (int i = 0; i < questions; i++) {
                    client.send("q" + i);
                }
                List<String> answers = new ArrayList<>();
                for (int i = 0; i < questions; i++) {
                    answers.add(new String(client.receive(), StandardCharsets.US_ASCII));
                }
                assertThat(answers).doesNotHaveDuplicates().allMatch(answer -> answer.startsWith("aq"));
                Eventually.await("all flows are over", () -> listener.open() == 0);
            }
        }
    }

    @Test
    void datagramsKeepTheirSizesAndTheirOrder() throws Exception {
        int[] sizes = {64, 64, 64, 20, 64, 64, 1500, 1500, 9, 9, 9, 10, 1, 1, 1232, 1232, 1232, 40_000, 5};
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.udp();
            try (UdpClient client = new UdpClient(listener, CLIENT)) {
                for (int round = 0; round < 20; round++) {
                    for (int i = 0; i < sizes.length; i++) {
                        byte[] payload = new byte[sizes[i]];
                        payload[0] = (byte) i;
                        client.send(payload);
                    }
                    for (int i = 0; i < sizes.length; i++) {
                        byte[] answer = client.receive();
                        assertThat(answer).hasSize(sizes[i] + 1);
                        assertThat(answer[1]).isEqualTo((byte) i);
                    }
                }
            }
            assertThat(listener.droppedDatagrams()).isZero();
        }
    }

    @Test
    void theBoundHoldsOverAllEventLoops() throws Exception {
        int max = 20;
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.udp("127.0.0.1", new FlowSpec(max, 0)));
            List<UdpClient> clients = new ArrayList<>();
            for (int i = 0; i < 5 * max; i++) {
                UdpClient client = new UdpClient(listener, "127.0.1." + (i + 1));
                clients.add(client);
                assertThat(client.ask("hello")).isEqualTo("ahello");
                Eventually.await("the bound is kept", () -> listener.open() <= max);
            }
            assertThat(listener.open()).isEqualTo(max);
            assertThat(listener.evictedFlows()).isEqualTo(4L * max);
            for (int i = 4 * max; i < 5 * max; i++) {
                assertThat(clients.get(i).ask("still mine")).isEqualTo("astill mine");
            }
            assertThat(listener.evictedFlows()).isEqualTo(4L * max);
            clients.forEach(UdpClient::close);
        }
    }
}
