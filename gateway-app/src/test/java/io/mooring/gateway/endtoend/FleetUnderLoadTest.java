package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.upstream.AdminState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Backends that die, return and are drained while their clients keep coming: no request fails, and who need not move
 * stays.
 */
class FleetUnderLoadTest {

    private static final int THREADS = 3;
    private static final int CLIENTS = 60;
    private static final int DRAINED_REQUESTS = 10_000;

    /** A busy machine serves some hundreds a second. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger requests = new AtomicInteger();
    private final List<Future<List<Visitor>>> load = new ArrayList<>();
    private KillableBackends servers;
    private Gateway gateway;
    private Scope scope;

    @BeforeEach
    void start() throws Exception {
        servers = new KillableBackends("one", "two", "three");
        gateway = Gateway.start(directory, servers.yaml(""));
        scope = gateway.fleet().upstreamScope("shop").orElseThrow();
    }

    @AfterEach
    void stop() {
        over.set(true);
        threads.shutdownNow();
        gateway.close();
        servers.close();
    }

    @Test
    void theClientsOfAKilledBackendMoveOnceAndNoRequestFails() throws Exception {
        load();
        comeAndGo(500);
        allHaveCome();
        servers.kill("one");
        comeAndGo(2_000);
        Awaiting.until(PATIENCE, () -> scope.outcomes(Outcome.MOVED) >= CLIENTS / 3 || hasFailed());
        servers.start("one");
        comeAndGo(2_000);

        List<Visitor> visitors = end();
        assertThat(visitors).filteredOn(visitor -> visitor.home().equals("one")).hasSize(CLIENTS / 3);
        assertThat(visitors)
                .allSatisfy(visitor -> assertThat(visitor.backends())
                        .as("each place a client was at, in order")
                        .hasSize(visitor.home().equals("one") ? 2 : 1));
        assertThat(scope.outcomes(Outcome.MOVED)).isEqualTo(CLIENTS / 3);
    }

    @Test
    void aDrainedBackendKeepsItsClientsAndGetsNoNewOne() throws Exception {
        load();
        comeAndGo(500);
        allHaveCome();
        gateway.fleet().upstream("shop").orElseThrow().administer("one", AdminState.DRAINING);
        Future<List<String>> newcomers = threads.submit(this::comeForTheFirstTime);
        comeAndGo(DRAINED_REQUESTS);

        over.set(true);
        assertThat(newcomers.get()).isNotEmpty().doesNotContain("one");
        List<Visitor> visitors = end();
        assertThat(visitors).filteredOn(visitor -> visitor.home().equals("one")).hasSize(CLIENTS / 3);
        assertThat(visitors)
                .allSatisfy(visitor -> assertThat(visitor.backends()).hasSize(1));
    }

    /** Has clients come, each thread with its share of them, until it is over; no request fails. */
    private void load() {
        for (int thread = 0; thread < THREADS; thread++) {
            load.add(threads.submit(() -> {
                List<Visitor> visitors = new ArrayList<>();
                try (HttpConnection connection = new HttpConnection(gateway.port())) {
                    for (int i = 0; i < CLIENTS / THREADS; i++) {
                        visitors.add(new Visitor());
                    }
                    while (!over.get()) {
                        for (Visitor visitor : visitors) {
                            visitor.visit(connection);
                            requests.incrementAndGet();
                        }
                    }
                }
                return visitors;
            }));
        }
    }

    private List<String> comeForTheFirstTime() throws IOException {
        List<String> backends = new ArrayList<>();
        try (HttpConnection connection = new HttpConnection(gateway.port())) {
            while (!over.get()) {
                HttpConnection.Response response = connection.get("/");
                assertThat(response.status()).isEqualTo(200);
                backends.add(response.body());
            }
        }
        return backends;
    }

    /**
     * Waits until so many requests more were answered, or clients have given up, for which the end then has the reason.
     */
    private void comeAndGo(int more) {
        int enough = requests.get() + more;
        Awaiting.until(PATIENCE, () -> requests.get() >= enough || hasFailed());
    }

    /** A thread that the machine does not run for a while has clients that have not come yet. */
    private void allHaveCome() {
        Awaiting.until(PATIENCE, () -> scope.outcomes(Outcome.NEW) >= CLIENTS || hasFailed());
    }

    private boolean hasFailed() {
        return load.stream().anyMatch(Future::isDone);
    }

    private List<Visitor> end() throws Exception {
        over.set(true);
        List<Visitor> visitors = new ArrayList<>();
        for (Future<List<Visitor>> share : load) {
            visitors.addAll(share.get());
        }
        return visitors;
    }

    /** A client with its cookie, who notes where it was served. Not thread-safe. */
    private static final class Visitor {
        private final List<String> backends = new ArrayList<>();
        private String cookie = "";

        void visit(HttpConnection connection) throws IOException {
            HttpConnection.Response response =
                    cookie.isEmpty() ? connection.get("/") : connection.get("/", "Cookie: " + cookie);
            assertThat(response.status()).isEqualTo(200);
            if (response.header("set-cookie").isPresent()) {
                cookie = response.cookie();
            }
            if (backends.isEmpty() || !backends.get(backends.size() - 1).equals(response.body())) {
                backends.add(response.body());
            }
        }

        String home() {
            return backends.get(0);
        }

        List<String> backends() {
            return backends;
        }
    }
}
