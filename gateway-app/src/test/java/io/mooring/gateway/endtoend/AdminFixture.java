package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.balancer.upstream.BackendState;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A gateway with an upstream for HTTP and one for TCP, and the client of its admin API. */
@ExtendWith(OutputCaptureExtension.class)
abstract class AdminFixture {

    static final String SHOP = "/upstreams/shop";
    static final String SHOP_1 = SHOP + "/backends/shop-1";

    @TempDir
    Path directory;

    HttpBackends shop;
    EchoBackends echo;
    Gateway gateway;
    AdminClient admin;

    @BeforeEach
    void start() {
        shop = HttpBackends.start("shop", 4);
        echo = EchoBackends.start("echo", Protocol.TCP, 2);
        restart();
    }

    @AfterEach
    void stop() {
        gateway.close();
        shop.close();
        echo.close();
    }

    void restart() {
        gateway = Gateway.start(directory, yaml(), "--mooring.reload.interval=0s");
        admin = new AdminClient(gateway.managementPort());
    }

    Scope scope() {
        return gateway.fleet().upstreamScope("shop").orElseThrow();
    }

    BackendState state(String id) {
        return state("shop", id);
    }

    BackendState state(String upstream, String id) {
        return gateway.fleet()
                .upstream(upstream)
                .orElseThrow()
                .snapshot()
                .member(id)
                .orElseThrow()
                .state();
    }

    HttpConnection.Response visit(String... headers) throws IOException {
        try (HttpConnection connection = new HttpConnection(gateway.port())) {
            HttpConnection.Response response = connection.get("/", headers);
            assertThat(response.status()).isEqualTo(200);
            return response;
        }
    }

    /** What becomes of a client who comes with the cookie of a visit. */
    Outcome outcomeOf(HttpConnection.Response visit) throws IOException {
        long kept = scope().outcomes(Outcome.KEPT);
        long revoked = scope().outcomes(Outcome.REVOKED);
        visit("Cookie: " + visit.cookie());
        Awaiting.until(() -> scope().outcomes(Outcome.KEPT) + scope().outcomes(Outcome.REVOKED) > kept + revoked);
        return scope().outcomes(Outcome.KEPT) > kept ? Outcome.KEPT : Outcome.REVOKED;
    }

    static String talk(Socket socket) throws IOException {
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readNBytes("echo-1: hello".length()), StandardCharsets.US_ASCII);
    }

    String yaml() {
        return """
                mooring:
                  upstreams:
                    shop: { persistence: { type: cookie, idle-timeout: 100s }, backends: %s }
                    echo: { backends: %s }
                  listeners:
                    echo: { protocol: tcp, address: 127.0.0.1, port: 0, upstream: echo, persistence: { type: source-ip, idle-timeout: 40s } }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }
                """.formatted(shop.yaml().replaceAll(", shop-4[^}]*}", ""), echo.yaml());
    }
}
