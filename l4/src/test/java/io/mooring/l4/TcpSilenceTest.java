package io.mooring.l4;

import static io.mooring.l4.TcpRelayContract.assertReset;
import static io.mooring.l4.TestGateway.BALANCED;
import static io.mooring.l4.TestGateway.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.mooring.balancer.topology.TcpSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of clients that say nothing. */
class TcpSilenceTest {

    private static final String CLIENT = "127.0.0.1";
    private static final List<Path> KERNEL_SOCKETS = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

    @Test
    void aClientThatSendsNothingInTimeIsCutEvenIfItIsSpokenTo() throws Exception {
        Duration timeout = Duration.ofMillis(400);
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(firstByte(timeout)));
            try (Socket client = connect(listener, CLIENT)) {
                TcpBackend.readId(client.getInputStream());

                assertReset(client);
            }
            ConnectionRecord record = gateway.ended();
            assertThat(record.ending()).isEqualTo(Ending.SILENT);
            assertThat(record.duration()).isBetween(timeout, timeout.plusSeconds(3));
            assertThat(listener.refused(Refusal.FIRST_BYTE_TIMEOUT)).isEqualTo(1);
            assertThat(gateway.activity("a").active()).isZero();
        }
    }

    @Test
    void aClientThatHasSentSomethingOrFinishedMayBeSilent() throws Exception {
        Duration timeout = Duration.ofMillis(200);
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = TestGateway.of(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(firstByte(timeout)));
            try (Socket talker = connect(listener, CLIENT);
                    Socket finished = connect(listener, CLIENT)) {
                talker.getOutputStream().write('x');
                finished.shutdownOutput();

                assertThat(Eventually.holdsWithin(Duration.ofSeconds(1), gateway::hasEnded))
                        .isFalse();
                assertThat(listener.refused(Refusal.FIRST_BYTE_TIMEOUT)).isZero();
            }
        }
    }

    @ParameterizedTest(name = "native: {0}")
    @ValueSource(booleans = {true, false})
    void theKernelProbesBothSidesAsConfigured(boolean preferNative) throws Exception {
        assumeThat(KERNEL_SOCKETS).allMatch(Files::exists);
        TcpSpec.KeepAlive keepAlive =
                new TcpSpec.KeepAlive(Optional.of(Duration.ofSeconds(77)), Optional.empty(), Optional.of(3));
        TcpSpec spec = new TcpSpec(
                TcpSpec.DEFAULT_BACKLOG,
                TcpSpec.UNLIMITED,
                TcpSpec.UNLIMITED,
                Optional.empty(),
                Optional.empty(),
                keepAlive);
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = preferNative
                        ? TestGateway.of(BALANCED, backend.spec())
                        : TestGateway.onNio(BALANCED, backend.spec())) {
            BoundListener listener = gateway.bind(TestGateway.spec(spec));
            try (Socket client = connect(listener, CLIENT);
                    Socket server = backend.next()) {
                Eventually.await(
                        "the client is probed",
                        () -> probedIn(listener.address().getPort(), client.getLocalPort())
                                .filter(seconds -> seconds <= 77 && seconds > 60)
                                .isPresent());
                Eventually.await(
                        "the backend is probed",
                        () -> probedIn(server.getPort(), server.getLocalPort())
                                .filter(seconds -> seconds <= 77 && seconds > 60)
                                .isPresent());
            }
        }
    }

    private static TcpSpec firstByte(Duration timeout) {
        return new TcpSpec(
                TcpSpec.DEFAULT_BACKLOG,
                TcpSpec.UNLIMITED,
                TcpSpec.UNLIMITED,
                Optional.of(timeout),
                Optional.empty(),
                TcpSpec.KeepAlive.OF_SYSTEM);
    }

    /** In how many seconds the kernel will probe the peer of a socket, if a timer runs for that. */
    private static Optional<Long> probedIn(int localPort, int remotePort) {
        String local = String.format(Locale.ROOT, ":%04X", localPort);
        String remote = String.format(Locale.ROOT, ":%04X", remotePort);
        return kernelSockets().stream()
                .map(line -> line.trim().split("\\s+"))
                .filter(fields -> fields[1].endsWith(local) && fields[2].endsWith(remote))
                .map(fields -> fields[5])
                .filter(timer -> timer.startsWith("02:"))
                .map(timer -> Long.parseLong(timer.substring(3), 16) / 100)
                .findFirst();
    }

    private static List<String> kernelSockets() {
        try {
            List<String> lines = new ArrayList<>();
            for (Path file : KERNEL_SOCKETS) {
                lines.addAll(Files.readAllLines(file));
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
