package io.mooring.l4;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.topology.FlowSpec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What happens when the kernel has no local ports left for flows: in a network of its own, which has few. */
@EnabledIf(value = "isPossible", disabledReason = "it takes a network namespace of its own")
class LocalPortsTest {

    private static final int CLIENTS = 8;
    private static final int FLOWS = 2;
    /** For the gateway, the backend and the flows. */
    private static final int PORTS = 2 + FLOWS;
    /** None of those few. */
    private static final int CLIENT_PORT = 40_000;

    private static final String FEW =
            "ip link set lo up && echo 60000 " + (60_000 + PORTS - 1) + " > /proc/sys/net/ipv4/ip_local_port_range";

    static boolean isPossible() throws Exception {
        return run(FEW).isEmpty();
    }

    @Test
    void flowsWithoutOneEndWithoutBlamingTheBackendAndTheirClientsAreServedOnceSomeAreFree() throws Exception {
        List<String> said = run(
                FEW + " && exec \"$0\" \"$@\"",
                ProcessHandle.current().info().command().orElse("java"),
                "-ea",
                "-cp",
                System.getProperty("java.class.path"),
                LocalPortsTest.class.getName());

        assertThat(said).anyMatch(line -> line.contains("failed: ") && line.contains("temporarily unavailable"));
        assertThat(said).noneMatch(line -> line.contains("\tat ")).endsWith("a answered " + CLIENTS + ", blamed []");
    }

    /** The process. */
    public static void main(String[] args) throws Exception {
        List<UdpClient> clients = new ArrayList<>();
        int answered = 0;
        try (UdpBackend backend = UdpBackend.echo("a");
                TestGateway gateway = TestGateway.of(TestGateway.BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.udp("127.0.0.1", new FlowSpec(100, 1)));
            backend.hush();
            for (int i = 1; i <= CLIENTS; i++) {
                UdpClient client =
                        new UdpClient(new InetSocketAddress("127.0.1." + i, CLIENT_PORT), listener.address());
                clients.add(client);
                client.send("hello");
            }
            List<ConnectionRecord> failed = new ArrayList<>();
            while (failed.size() < CLIENTS - FLOWS) {
                failed.add(gateway.ended());
            }
            backend.speak();
            for (UdpClient client : clients) {
                if (client.insist("hello").equals("ahello")) {
                    answered++;
                }
                client.close();
            }
            List<String> blamed = new ArrayList<>(gateway.signals());
            blamed.removeIf(signal -> signal.equals("a CONNECTED"));
            System.out.println("a answered " + answered + ", blamed " + blamed);
        }
    }

    private static List<String> run(String script, String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("unshare", "--user", "--map-root-user", "--net", "sh", "-c", script));
        command.addAll(List.of(arguments));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
        List<String> said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return said;
    }
}
