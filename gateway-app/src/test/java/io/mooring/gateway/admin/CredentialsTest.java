package io.mooring.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.time.Ticker;
import io.mooring.config.AdminUser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** The filter alone, before a server that says on which thread it was called. */
class CredentialsTest {

    private static final int WAITING = 2;

    private final HttpClient http = HttpClient.newHttpClient();
    private final AuditLog audit = new AuditLog(Ticker.system());
    private Scheduler passwordThread;
    private DisposableServer server;

    @BeforeEach
    void start() {
        passwordThread = Schedulers.newBoundedElastic(1, WAITING, "passwords-of-a-test", 60, true);
        AdminUser alice = new AdminUser(
                "alice", String.valueOf(new BCryptPasswordEncoder(4).encode("wonder")), AdminUser.Role.READ);
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle(new ReactorHttpHandlerAdapter(WebHttpHandlerBuilder.webHandler(exchange ->
                                exchange.getResponse()
                                        .writeWith(Mono.fromSupplier(() -> exchange.getResponse()
                                                .bufferFactory()
                                                .wrap(Thread.currentThread()
                                                        .getName()
                                                        .getBytes(StandardCharsets.UTF_8)))))
                        .filter(new Probes(new WebEndpointProperties()))
                        .filter(new Credentials(List.of(alice), new Pauses(Ticker.system()), passwordThread, audit))
                        // Made here, since what it looks for on the class path is read from files.
                        .codecConfigurer(ServerCodecConfigurer.create())
                        .build()))
                .bindNow();
    }

    @AfterEach
    void stop() {
        server.disposeNow();
        passwordThread.dispose();
    }

    @Test
    void whenTooManyPasswordsWaitFurtherOnesAreRefusedAtOnce() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        passwordThread.schedule(() -> {
            held.countDown();
            await(release);
        });
        held.await();
        List<CompletableFuture<HttpResponse<String>>> calls = Stream.generate(() -> send("/x", "alice:wonder"))
                .limit(WAITING + 1)
                .toList();

        HttpResponse<?> refused = (HttpResponse<?>)
                CompletableFuture.anyOf(calls.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
        release.countDown();

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("retry-after")).contains("1");
        assertThat(refused.headers().firstValue("content-type")).contains("application/problem+json");
        List<Integer> statuses = new ArrayList<>();
        for (CompletableFuture<HttpResponse<String>> call : calls) {
            statuses.add(call.get(10, TimeUnit.SECONDS).statusCode());
        }
        assertThat(statuses).containsExactlyInAnyOrder(503, 200, 200);
        assertThat(audit.failed(AuthenticationFailure.BUSY)).isEqualTo(1);
    }

    @Test
    void aCallWhosePasswordIsRightGoesOnOnItsEventLoop() throws Exception {
        assertThat(send("/x", "alice:wonder").get(10, TimeUnit.SECONDS).body()).startsWith("reactor-http-");
    }

    @Test
    void aProbesPasswordIsNotLookedAt() throws Exception {
        for (int i = 0; i < 2 * Pauses.FREE_FAILURES; i++) {
            assertThat(send("/actuator/health/liveness", "alice:wrong")
                            .get(10, TimeUnit.SECONDS)
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(audit.failed(AuthenticationFailure.WRONG)).isZero();
    }

    private CompletableFuture<HttpResponse<String>> send(String path, String credentials) {
        String header = "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        return http.sendAsync(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .header("Authorization", header)
                        .build(),
                BodyHandlers.ofString());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
