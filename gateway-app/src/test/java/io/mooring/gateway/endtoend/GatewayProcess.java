package io.mooring.gateway.endtoend;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.gateway.MooringApplication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A gateway in a process of its own, which serves. */
final class GatewayProcess implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(1);

    private final Process process;
    private final Path file;
    private final Path output;
    private final int management;

    private GatewayProcess(Process process, Path file, Path output, int management) {
        this.process = process;
        this.file = file;
        this.output = output;
        this.management = management;
    }

    static GatewayProcess start(Path directory, int http, String yaml, String... arguments) throws IOException {
        return start(List.of(), directory, http, yaml, arguments);
    }

    /** A gateway that may have so many file descriptors open at once. */
    static GatewayProcess startWithin(int descriptors, Path directory, int http, String yaml) throws IOException {
        String limited = "ulimit -n " + descriptors + " && exec \"$0\" \"$@\"";
        return start(List.of("/bin/sh", "-c", limited), directory, http, yaml);
    }

    /** A gateway to which a signal does by default what it does, or that was told to ignore it. */
    static GatewayProcess startUnder(String signals, Path directory, int http, String yaml, String... arguments)
            throws IOException {
        return start(List.of("env", signals), directory, http, yaml, arguments);
    }

    private static GatewayProcess start(List<String> shell, Path directory, int http, String yaml, String... arguments)
            throws IOException {
        Path file = Files.writeString(Files.createTempFile(directory, "gateway", ".yml"), yaml);
        Path output = Files.createTempFile(directory, "gateway", ".log");
        int management = Ports.free(Protocol.TCP);
        List<String> command = new ArrayList<>(shell);
        command.addAll(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MooringApplication.class.getName(),
                "run",
                "--config",
                file.toString(),
                "--server.address=127.0.0.1",
                "--server.port=" + http,
                "--management.server.port=" + management,
                "--mooring.data-dir=" + directory.resolve("data")));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        GatewayProcess gateway = new GatewayProcess(process, file, output, management);
        Awaiting.until(START, () -> gateway.isReady() || !process.isAlive());
        if (!process.isAlive()) {
            throw new AssertionError(Files.readString(output));
        }
        return gateway;
    }

    /** What is answered on a connection of its own. */
    static String get(int port, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** Where it is managed. */
    int management() {
        return management;
    }

    /** The value of a metric, as Prometheus writes it with its tags; 0 if it is not there. */
    double metric(String series) throws IOException {
        String metrics = get(management, "/actuator/prometheus");
        if (!metrics.startsWith("HTTP/1.1 200 ")) {
            throw new AssertionError(metrics);
        }
        return metrics.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(0);
    }

    /** The processor time that it has taken. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it was configured by. */
    Path file() {
        return file;
    }

    /** What it has said until now. */
    String output() throws IOException {
        return Files.readString(output);
    }

    /** Sends it a signal, such as {@code HUP}. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new AssertionError("kill -" + name + " failed");
        }
    }

    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("it does not stop");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private boolean isReady() {
        try {
            return get(management, "/actuator/health/readiness").startsWith("HTTP/1.1 200 ");
        } catch (IOException e) {
            return false;
        }
    }
}
