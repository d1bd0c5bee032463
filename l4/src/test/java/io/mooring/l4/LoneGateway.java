package io.mooring.l4;

import io.mooring.balancer.topology.FlowSpec;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.upstream.Backend;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A gateway in a process of its own, which may have few descriptors. */
final class LoneGateway implements AutoCloseable {

    private static final String SHELL = "/bin/bash";

    private final Queue<String> output = new ConcurrentLinkedQueue<>();
    private final Process process;
    private final int port;

    /** Starts it, with a listener to a backend on loopback; flows of UDP end with their answer. */
    LoneGateway(int descriptors, Protocol protocol, int backendPort) throws IOException {
        process = new ProcessBuilder(
                        SHELL,
                        "-c",
                        "ulimit -n " + descriptors + " && exec \"$0\" \"$@\"",
                        ProcessHandle.current().info().command().orElse("java"),
                        "-ea", // Netty's own assertions tell what is done on a thread that has no business there
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoneGateway.class.getName(),
                        protocol.name(),
                        String.valueOf(backendPort))
                .redirectErrorStream(true)
                .start();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = lines.readLine();
        while (line != null && !line.matches("[0-9]+")) {
            line = lines.readLine();
        }
        port = Integer.parseInt(String.valueOf(line));
        Thread reader = new Thread(() -> lines.lines().forEach(output::add), "output");
        reader.setDaemon(true);
        reader.start();
    }

    /** The process: prints the port that it listens on, and ends with its standard input. */
    public static void main(String[] args) throws IOException {
        Backend backend = new Backend("a", "127.0.0.1", Integer.parseInt(args[1]), Backend.DEFAULT_WEIGHT);
        try (TestGateway gateway = TestGateway.of(TestGateway.BALANCED, backend)) {
            TestListener listener = TestListener.of(Protocol.valueOf(args[0])).flows(new FlowSpec(1_000, 1));
            System.out.println(gateway.bind(listener.spec()).address().getPort());
            while (System.in.read() >= 0) {
                // Nothing is said to it.
            }
        }
    }

    int port() {
        return port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The lines it has printed that have this in them. */
    List<String> said(String text) {
        List<String> found = new ArrayList<>(output);
        found.removeIf(line -> !line.contains(text));
        return found;
    }

    /** The processor time it has taken. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
