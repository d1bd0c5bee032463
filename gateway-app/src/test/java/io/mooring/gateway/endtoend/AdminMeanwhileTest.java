package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.system.CapturedOutput;

/** What happens while a call of the admin API is under way. */
class AdminMeanwhileTest extends AdminFixture {

    @Test
    void sessionsAreEndedOfTheScopeThatIsThereOnceItCanBeDone() throws Exception {
        assertThat(admin.patch("/routes/shop", "{\"persistence\": {\"type\": \"cookie\"}}")
                        .statusCode())
                .isEqualTo(200);
        Scope before = gateway.fleet().routeScope("shop").orElseThrow();
        FutureTask<HttpResponse<String>> ending =
                new FutureTask<>(() -> admin.post("/scopes/route/shop/revocations", "{\"all\": true}"));
        Thread caller = new Thread(ending);
        HttpConnection.Response first = gateway.configuration().undisturbed(() -> {
            caller.start();
            Awaiting.until(
                    () -> Thread.getAllStackTraces().keySet().stream().anyMatch(AdminMeanwhileTest::waitsForAnother));
            String moved = yaml().replace("lb://shop", "lb://twin")
                    .replace(
                            "    echo: { backends",
                            "    twin: { backends: " + shop.yaml() + " }\n    echo: { backends");
            assertThat(gateway.reload(moved)).isTrue();
            try {
                return visit();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThat(ending.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);

        Scope after = gateway.fleet().routeScope("shop").orElseThrow();
        assertThat(after).isNotSameAs(before);
        visit("Cookie: " + first.cookie());
        Awaiting.until(() -> after.outcomes(Outcome.KEPT) + after.outcomes(Outcome.REVOKED) > 0);
        assertThat(after.outcomes(Outcome.REVOKED)).isEqualTo(1);
    }

    @Test
    void asManyCallsWaitAsIsSaidAndMoreAreRefused() throws Exception {
        List<FutureTask<Integer>> calls = new ArrayList<>();
        gateway.configuration().undisturbed(() -> {
            for (int busy = 1; busy <= 2; busy++) {
                int threads = busy;
                calls.add(patching());
                Awaiting.until(() -> Thread.getAllStackTraces().keySet().stream()
                                .filter(AdminMeanwhileTest::waitsForAnother)
                                .count()
                        == threads);
            }
            for (int i = 0; i < 64 + 3; i++) {
                calls.add(patching());
            }
            Awaiting.until(() -> calls.stream().filter(FutureTask::isDone).count() == 3);
            return null;
        });

        List<Integer> statuses = new ArrayList<>();
        for (FutureTask<Integer> call : calls) {
            statuses.add(call.get(20, TimeUnit.SECONDS));
        }
        assertThat(statuses).filteredOn(status -> status == 503).hasSize(3);
        assertThat(statuses).filteredOn(status -> status == 200).hasSize(2 + 64);
    }

    @Test
    void aTableThatIsSlowToSaveHoldsUpNoOtherChange() throws Exception {
        Path sessions = Files.createDirectories(directory.resolve("data/sessions"));
        Path draft = sessions.resolve(
                "listener-echo.table." + ProcessHandle.current().pid() + ".draft");
        Process pipe = new ProcessBuilder("mkfifo", draft.toString()).start();
        assertThat(pipe.waitFor()).isZero();
        FutureTask<HttpResponse<String>> ending =
                new FutureTask<>(() -> admin.post("/scopes/listener/echo/revocations", "{\"all\": true}"));
        new Thread(ending).start();
        // Whoever opens a pipe to write waits for one who reads.
        Awaiting.until(() -> Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().equals("mooring-tables"))
                .flatMap(thread -> Arrays.stream(thread.getValue()))
                .anyMatch(frame -> frame.getMethodName().equals("save")));

        List<FutureTask<Integer>> others = new ArrayList<>();
        gateway.configuration().undisturbed(() -> {
            for (int i = 0; i < 5; i++) {
                others.add(patching());
            }
            Awaiting.until(() -> Thread.getAllStackTraces().keySet().stream()
                            .filter(AdminMeanwhileTest::waitsForAnother)
                            .count()
                    == 1);
            Awaiting.pause(Duration.ofMillis(200)); // by now all have come
            return null;
        });
        for (FutureTask<Integer> other : others) {
            assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo(200);
        }
        assertThat(ending.isDone()).isFalse();
        try (InputStream read = Files.newInputStream(draft)) {
            read.readAllBytes();
        }
        assertThat(AdminClient.body(ending.get(10, TimeUnit.SECONDS))
                        .at("/kept")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void aChangeWhoseCallerLeavesMeanwhileIsALineOfTheAuditLog(CapturedOutput output) {
        gateway.configuration().undisturbed(() -> {
            sendAndLeave("PATCH /admin/v1" + SHOP_1, "{\"weight\": 6}");
            return null;
        });

        Awaiting.until(() ->
                output.getOut().contains("after=\"127.0.0.1:" + shop.ports().get(0) + " weight 6"));
        assertThat(admin.get(SHOP_1).at("/weight").asInt()).isEqualTo(6);
        assertThat(gateway.metric("mooring.admin.changes", "result", "applied")).isEqualTo(1);
        assertThat(gateway.metric("mooring.admin.changes", "result", "refused")).isZero();
    }

    private FutureTask<Integer> patching() {
        FutureTask<Integer> call = new FutureTask<>(() ->
                admin.send("PATCH", SHOP_1, "{\"weight\": 3}", "If-Match", "*").statusCode());
        new Thread(call).start();
        return call;
    }

    private static boolean waitsForAnother(Thread thread) {
        return thread.getName().startsWith("mooring-admin") && thread.getState() == Thread.State.BLOCKED;
    }

    /** Makes a call that has to wait, and closes the connection when it does. */
    private void sendAndLeave(String call, String body) {
        try {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.managementPort())) {
                socket.getOutputStream()
                        .write((call + " HTTP/1.1\r\nHost: localhost\r\nIf-Match: *\r\n"
                                        + "Content-Type: application/json\r\nContent-Length: " + body.length()
                                        + "\r\n\r\n" + body)
                                .getBytes(StandardCharsets.ISO_8859_1));
                Awaiting.until(() ->
                        Thread.getAllStackTraces().keySet().stream().anyMatch(AdminMeanwhileTest::waitsForAnother));
            }
            // Whichever event loop the connection was of has seen its end when it has served one that came later.
            for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors() + 8; i++) {
                try (HttpConnection later = new HttpConnection(gateway.managementPort())) {
                    assertThat(later.get("/actuator/health/liveness").status()).isEqualTo(200);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
