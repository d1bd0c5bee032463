package io.mooring.gateway.rehearsal;

import io.mooring.gateway.listeners.ListenerLifecycle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/**
 * Runs the demo on free loopback ports, has clients use it over HTTP, TCP and UDP for a while, and ends it.
 *
 * <p>It fails if a request does, or if a client is not kept: what would be learnt from that is of no use.
 */
public final class Rehearsal {

    private static final List<String> UPSTREAMS = List.of("shop", "echo", "ping");
    private static final int BACKENDS = 3;

    private Rehearsal() {}

    /**
     * Returns when the gateway has stopped.
     *
     * @param demo starts the demo, with arguments of Spring Boot's
     * @param traffic how long the clients come, at least; each comes a number of times however long that takes
     * @throws IOException when a directory for its data cannot be made or removed
     * @throws IllegalStateException when a client was not served as it should be
     */
    public static void perform(Function<List<String>, ConfigurableApplicationContext> demo, Duration traffic)
            throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("mooring-rehearsal-");
        try (ConfigurableApplicationContext gateway = demo.apply(arguments(data))) {
            serve(gateway, traffic);
        } finally {
            FileSystemUtils.deleteRecursively(data);
        }
    }

    private static List<String> arguments(Path data) throws IOException {
        List<Integer> free = FreePorts.find(1 + UPSTREAMS.size() * BACKENDS);
        List<String> arguments = new ArrayList<>(List.of(
                "--mooring.data-dir=" + data,
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--management.server.port=" + free.get(0),
                "--mooring.listeners.echo.port=0",
                "--mooring.listeners.ping.port=0"));
        List<Integer> ports = new ArrayList<>(free.subList(1, free.size()));
        for (String upstream : UPSTREAMS) {
            for (int number = 1; number <= BACKENDS; number++) {
                arguments.add("--mooring.upstreams.%1$s.backends.%1$s-%2$d.address=127.0.0.1:%3$d"
                        .formatted(upstream, number, ports.remove(0)));
            }
        }
        return arguments;
    }

    private static void serve(ConfigurableApplicationContext gateway, Duration traffic) throws InterruptedException {
        long end = System.nanoTime() + traffic.toNanos();
        List<Client> clients = List.of(
                new HttpVisitor(port(gateway, "local.server.port"), port(gateway, "local.management.port")),
                new HttpVisitor(port(gateway, "local.server.port"), port(gateway, "local.management.port")),
                new TcpVisitor(listener(gateway, "echo")),
                new UdpVisitor(listener(gateway, "ping")));
        ExecutorService threads = Executors.newFixedThreadPool(clients.size());
        try {
            List<Future<?>> runs = new ArrayList<>();
            clients.forEach(client -> runs.add(threads.submit(() -> client.visitUntil(end))));
            for (Future<?> run : runs) {
                run.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a client was not served as it should be", e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private static int port(ConfigurableApplicationContext gateway, String property) {
        return gateway.getEnvironment().getRequiredProperty(property, Integer.class);
    }

    private static InetSocketAddress listener(ConfigurableApplicationContext gateway, String name) {
        return gateway.getBean(ListenerLifecycle.class).bound().stream()
                .filter(listener -> listener.spec().name().equals(name))
                .findFirst()
                .orElseThrow()
                .address();
    }
}
