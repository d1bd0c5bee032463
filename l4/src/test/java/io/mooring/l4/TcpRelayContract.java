package io.mooring.l4;

import static io.mooring.l4.TestGateway.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.upstream.Backend;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What holds for a TCP connection through the gateway, on every transport. */
abstract class TcpRelayContract {

    private static final String CLIENT = "127.0.0.1";

    abstract TestGateway gateway(Backend... backends);

    @Test
    void aClientThatHasSaidAllStillHearsTheAnswer() throws Exception {
        byte[] question = bytes(300_000);
        byte[] answer = bytes(500_000);
        try (TcpBackend backend = TcpBackend.saying("a", socket -> {
                    byte[] heard = socket.getInputStream().readAllBytes();
                    if (Arrays.equals(heard, question)) {
                        socket.getOutputStream().write(answer);
                    }
                    socket.close();
                });
                TestGateway gateway = gateway(backend.spec());
                Socket client = connect(gateway.tcp(), CLIENT)) {
            client.getOutputStream().write(question);
            client.shutdownOutput();

            assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);

            ConnectionRecord record = gateway.ended();
            assertThat(record.ending()).isEqualTo(Ending.COMPLETED);
            assertThat(record.bytesToBackend()).isEqualTo(question.length);
            assertThat(record.bytesFromBackend()).isEqualTo(answer.length);
            assertThat(record.attempts()).isEqualTo(1);
            assertThat(gateway.activity("a").bytesToBackend()).isEqualTo(question.length);
            assertThat(gateway.activity("a").bytesFromBackend()).isEqualTo(answer.length);
            assertThat(gateway.activity("a").active()).isZero();
        }
    }

    @Test
    void aBackendThatHasSaidAllStillHearsTheClient() throws Exception {
        byte[] greeting = bytes(200_000);
        byte[] farewell = bytes(400_000);
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = gateway(backend.spec());
                Socket client = connect(gateway.tcp(), CLIENT)) {
            Socket server = backend.next();
            server.getOutputStream().write(greeting);
            server.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(greeting);

            client.getOutputStream().write(farewell);
            client.shutdownOutput();

            assertThat(server.getInputStream().readAllBytes()).isEqualTo(farewell);
            assertThat(gateway.ended().ending()).isEqualTo(Ending.COMPLETED);
        }
    }

    @Test
    void aClientThatSaysAllBeforeTheBackendIsConnectedIsHeard() throws Exception {
        try (TcpBackend backend = TcpBackend.echo("a");
                TestGateway gateway = gateway(backend.spec());
                Socket client = connect(gateway.tcp(), CLIENT)) {
            client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            client.shutdownOutput();

            assertThat(client.getInputStream().readAllBytes())
                    .isEqualTo("\u0001ahello".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void aReaderThatStallsStopsTheWriterAndMemoryStaysBounded() throws Exception {
        int readers = 20;
        int size = 200_000_000;
        byte[] chunk = bytes(1_000_000);
        try (TcpBackend backend = TcpBackend.saying("a", socket -> {
                    for (int sent = 0; sent < size; sent += chunk.length) {
                        socket.getOutputStream().write(chunk);
                    }
                    socket.shutdownOutput();
                });
                TestGateway gateway = gateway(backend.spec())) {
            BoundListener listener = gateway.tcp();
            List<Socket> clients = new ArrayList<>();
            long before = DirectMemory.used();
            for (int i = 0; i < readers; i++) {
                clients.add(connect(listener, CLIENT));
            }
            awaitStandstill(gateway);

            long taken = gateway.activity("a").bytesFromBackend();
            assertThat(taken).isLessThan((long) readers * size / 10);
            assertThat(DirectMemory.used() - before).isLessThan(readers * 256L * 1024 + 16 * 1024 * 1024);

            DataInputStream in = new DataInputStream(clients.get(0).getInputStream());
            byte[] received = new byte[chunk.length];
            for (int read = 0; read < size; read += chunk.length) {
                in.readFully(received);
                assertThat(Arrays.equals(received, chunk)).isTrue();
            }
            assertThat(in.read()).isEqualTo(-1);
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void anUploadToABackendThatStallsIsStoppedToo() throws Exception {
        int size = 64_000_000;
        byte[] chunk = bytes(1_000_000);
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = gateway(backend.spec());
                Socket client = connect(gateway.tcp(), CLIENT)) {
            Socket server = backend.next();
            Future<?> upload = inBackground(() -> {
                for (int sent = 0; sent < size; sent += chunk.length) {
                    client.getOutputStream().write(chunk);
                }
                client.shutdownOutput();
                return null;
            });
            awaitStandstill(gateway);
            assertThat(gateway.activity("a").bytesToBackend()).isLessThan(size / 2);

            long received = 0;
            byte[] buffer = new byte[chunk.length];
            for (int read = server.getInputStream().read(buffer);
                    read >= 0;
                    read = server.getInputStream().read(buffer)) {
                received += read;
            }
            assertThat(received).isEqualTo(size);
            upload.get();
        }
    }

    @Test
    void whatABackendSaysBeforeItHangsUpWaitsOutsideWhileTheClientStalls() throws Exception {
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = gateway(backend.spec());
                Socket client = connect(gateway.tcp(), CLIENT)) {
            Socket server = backend.next();
            long sent = sendUntilStalled(gateway, server);
            long taken = gateway.activity("a").bytesFromBackend();
            server.shutdownOutput();
            client.shutdownOutput();
            assertThat(server.getInputStream().read()).isEqualTo(-1);

            long cpu = eventLoopCpuNanos();
            assertThat(Eventually.holdsWithin(
                            Duration.ofMillis(500), () -> gateway.activity("a").bytesFromBackend() != taken))
                    .isFalse();
            assertThat(eventLoopCpuNanos() - cpu)
                    .isLessThan(Duration.ofMillis(100).toNanos());

            assertThat(client.getInputStream().readAllBytes()).hasSize((int) sent);
            assertThat(gateway.ended().ending()).isEqualTo(Ending.COMPLETED);
        }
    }

    @Test
    void aClientThatHasSaidAllMayTakeItsTimeToHear() throws Exception {
        byte[] answer = bytes(30_000_000);
        try (TcpBackend backend = TcpBackend.saying("a", socket -> {
                    socket.getInputStream().readAllBytes();
                    socket.getOutputStream().write(answer);
                    socket.shutdownOutput();
                });
                TestGateway gateway = gateway(backend.spec());
                Socket client = connect(gateway.tcp(), CLIENT)) {
            client.shutdownOutput();
            awaitStandstill(gateway);
            long cpu = eventLoopCpuNanos();
            assertThat(Eventually.holdsWithin(Duration.ofMillis(500), gateway::hasEnded))
                    .isFalse();
            assertThat(eventLoopCpuNanos() - cpu)
                    .isLessThan(Duration.ofMillis(100).toNanos());

            assertThat(Arrays.equals(client.getInputStream().readAllBytes(), answer))
                    .isTrue();
            assertThat(gateway.ended().ending()).isEqualTo(Ending.COMPLETED);
        }
    }

    @Test
    void aResetByTheClientReachesTheBackend() throws Exception {
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = gateway(backend.spec());
                Socket client = connect(gateway.tcp(), CLIENT)) {
            Socket server = backend.next();
            server.setSoTimeout(10_000);
            server.getOutputStream().write('x');
            assertThat(client.getInputStream().read()).isEqualTo('x');

            TcpBackend.reset(client);

            assertReset(server);
            assertThat(gateway.ended().ending()).isEqualTo(Ending.CLIENT_ABORTED);
        }
    }

    @Test
    void aResetByTheClientReachesABackendThatIsSending() throws Exception {
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = gateway(backend.spec());
                Socket client = connect(gateway.tcp(), CLIENT)) {
            Socket server = backend.next();
            Future<?> sending = sendWithoutEnd(server);
            client.getInputStream().readNBytes(1_000_000);

            TcpBackend.reset(client);

            assertThatThrownBy(() -> sending.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(SocketException.class);
            assertThat(gateway.ended().ending()).isEqualTo(Ending.CLIENT_ABORTED);
        }
    }

    @Test
    void aResetByTheBackendReachesAClientThatIsSending() throws Exception {
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = gateway(backend.spec());
                Socket client = connect(gateway.tcp(), CLIENT)) {
            Socket server = backend.next();
            Future<?> sending = sendWithoutEnd(client);
            server.getInputStream().readNBytes(1_000_000);

            TcpBackend.reset(server);

            assertThatThrownBy(() -> sending.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(SocketException.class);
            assertThat(gateway.ended().ending()).isEqualTo(Ending.BACKEND_ABORTED);
            assertThat(gateway.signals()).contains("a RESET");
        }
    }

    @Test
    void aBackendThatIsKilledCutsItsConnectionsAndNoOther() throws Exception {
        try (TcpBackend doomed = TcpBackend.echo("a");
                TcpBackend other = TcpBackend.echo("b");
                TestGateway gateway = gateway(doomed.spec(), other.spec())) {
            BoundListener listener = gateway.tcp();
            List<Socket> onDoomed = new ArrayList<>();
            List<Socket> onOther = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                Socket client = connect(listener, CLIENT);
                String id = TcpBackend.readId(client.getInputStream());
                (id.equals("a") ? onDoomed : onOther).add(client);
            }

            doomed.kill();

            for (Socket client : onDoomed) {
                assertReset(client);
                ConnectionRecord record = gateway.ended();
                assertThat(record.ending()).isEqualTo(Ending.BACKEND_ABORTED);
                assertThat(record.backend()).isEqualTo("a");
            }
            assertThat(gateway.activity("a").active()).isZero();
            assertThat(gateway.signals().stream().filter("a LOST"::equals)).hasSize(5);
            assertThat(onOther).hasSize(5);
            for (Socket client : onOther) {
                client.getOutputStream().write('y');
                assertThat(client.getInputStream().read()).isEqualTo('y');
                client.close();
            }
        }
    }

    @Test
    void aConnectionOnWhichNothingIsSentEitherWayIsCut() throws Exception {
        ListenerSpec spec = TestGateway.spec(Protocol.TCP, Duration.ofMillis(300), ListenerSpec.DEFAULT_CONNECT, 1);
        try (TcpBackend backend = TcpBackend.silent("a");
                TestGateway gateway = gateway(backend.spec())) {
            BoundListener listener = gateway.bind(spec);
            try (Socket client = connect(listener, CLIENT)) {
                Socket server = backend.next();
                server.setSoTimeout(10_000);
                for (int i = 0; i < 5; i++) {
                    assertThat(Eventually.holdsWithin(Duration.ofMillis(100), gateway::hasEnded))
                            .isFalse();
                    server.getOutputStream().write(i);
                    assertThat(client.getInputStream().read()).isEqualTo(i);
                }

                assertReset(client);
                assertReset(server);

                ConnectionRecord record = gateway.ended();
                assertThat(record.ending()).isEqualTo(Ending.IDLE);
                assertThat(record.duration()).isBetween(Duration.ofMillis(600), Duration.ofSeconds(5));
            }
        }
    }

    @Test
    void aThousandConnectionsAtOnceAreEachAnsweredWithTheirOwn() throws Exception {
        int connections = 1_000;
        try (TcpBackend a = TcpBackend.echo("a");
                TcpBackend b = TcpBackend.echo("b");
                TestGateway gateway = gateway(a.spec(), b.spec())) {
            BoundListener listener = gateway.tcp();
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                clients.add(connect(listener, CLIENT));
            }
            for (int i = 0; i < connections; i++) {
                clients.get(i).getOutputStream().write(payload(i));
            }
            for (int i = 0; i < connections; i++) {
                TcpBackend.readId(clients.get(i).getInputStream());
                assertThat(clients.get(i).getInputStream().readNBytes(payload(i).length))
                        .isEqualTo(payload(i));
            }
            assertThat(listener.open()).isEqualTo(connections);
            assertThat(gateway.activity("a").active()).isEqualTo(connections / 2);
            for (Socket client : clients) {
                client.close();
            }
            Eventually.await("all connections end", () -> listener.open() == 0);
            assertThat(gateway.activity("a").active()).isZero();
            assertThat(gateway.activity("b").active()).isZero();
        }
    }

    /** The peer sees that the connection was cut, and not in order. */
    static void assertReset(Socket socket) {
        assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    /** Sends until the gateway takes no more; how much that was. */
    static long sendUntilStalled(TestGateway gateway, Socket server) throws IOException {
        byte[] piece = bytes(16 * 1024);
        OutputStream out = server.getOutputStream();
        long sent = 0;
        boolean stalled = false;
        while (!stalled) {
            out.write(piece);
            sent += piece.length;
            long all = sent;
            stalled = !Eventually.holdsWithin(
                    Duration.ofMillis(200), () -> gateway.activity("a").bytesFromBackend() == all);
        }
        return sent;
    }

    private static void awaitStandstill(TestGateway gateway) {
        Eventually.await("the flow stops", () -> {
            long before = moved(gateway);
            return before > 0 && !Eventually.holdsWithin(Duration.ofMillis(300), () -> moved(gateway) != before);
        });
    }

    private static long moved(TestGateway gateway) {
        return gateway.activity("a").bytesFromBackend() + gateway.activity("a").bytesToBackend();
    }

    static long eventLoopCpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith(TestGateway.THREADS)) {
                nanos += threads.getThreadCpuTime(thread.getThreadId());
            }
        }
        return nanos;
    }

    private static Future<?> sendWithoutEnd(Socket from) {
        byte[] piece = bytes(16 * 1024);
        return inBackground(() -> {
            while (true) {
                from.getOutputStream().write(piece);
            }
        });
    }

    private static Future<?> inBackground(Callable<?> task) {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        Future<?> done = executor.submit(task);
        executor.shutdown();
        return done;
    }

    private static byte[] payload(int i) {
        return ("client " + i + " says so").getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
