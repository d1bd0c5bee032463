package io.mooring.loadtest.clients.soak;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mooring.loadtest.clients.http.HttpTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class SoakTest {

    private static final int CLIENTS = 10;
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger sessions = new AtomicInteger();

    @Test
    void clientsThatKeepTheirBackendHaveNoFault() throws Exception {
        Tally tally = soakWith(exchange -> cookieOf(exchange) == null ? balanced() : cookieOf(exchange));

        assertThat(tally.hasFaults()).isFalse();
        assertThat(tally.toJson())
                .contains("\"faults\":{}", "\"clients_by_backend\":{\"backend-0\":5,\"backend-1\":5}")
                .contains("\"requests\":" + requests.get());
        assertThat(requests).hasValueGreaterThan(CLIENTS);
    }

    @Test
    void aClientWhoseBackendChangesIsSeen() throws Exception {
        Tally tally = soakWith(exchange -> "backend-" + requests.get());

        assertThat(tally.hasFaults()).isTrue();
        assertThat(tally.toJson()).contains("\"CHANGED\":");
    }

    @Test
    void aConnectionThatEndsBeforeTheResponseIsSeen() throws Exception {
        Tally tally = soakWith(exchange -> {
            throw new IllegalStateException("on purpose");
        });

        assertThat(tally.toJson()).contains("\"faults\":{\"CLOSED\":");
    }

    @Test
    void aGatewayThatIsNotThereIsSeen() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
            port = free.getLocalPort();
        }

        assertThat(soak(port).toJson()).contains("\"faults\":{\"CONNECT\":");
    }

    private String balanced() {
        return "backend-" + sessions.getAndIncrement() % 2;
    }

    private static String cookieOf(HttpExchange exchange) {
        List<String> cookies = exchange.getRequestHeaders().get("Cookie");
        return cookies == null ? null : cookies.get(0).substring("session=".length());
    }

    private Tally soakWith(Function<HttpExchange, String> backend) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
        server.createContext("/", exchange -> answer(exchange, backend.apply(exchange)));
        server.start();
        try {
            return soak(server.getAddress().getPort());
        } finally {
            server.stop(0);
        }
    }

    private void answer(HttpExchange exchange, String backend) throws IOException {
        requests.incrementAndGet();
        byte[] body = backend.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Set-Cookie", "session=" + backend + "; Path=/");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static Tally soak(int port) throws InterruptedException {
        HttpTarget target = new HttpTarget(URI.create("http://127.0.0.1:" + port));
        return Soak.run(new SoakOptions(target, CLIENTS, Duration.ofSeconds(1), 10 * CLIENTS, 3));
    }
}
