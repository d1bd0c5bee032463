package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/** What becomes of those who guess passwords of the management port, and of those beside them. */
@ExtendWith(OutputCaptureExtension.class)
class AdminPasswordsTest {

    private static final String METRIC = "mooring.admin.authentication.failures";
    private static final String UPSTREAMS = "/admin/v1/upstreams";
    private static final String ALICE = basic("alice", "wonder");
    private static final String WRONG = basic("alice", "gu3ss");

    private final AtomicLong nanos = new AtomicLong();

    @TempDir
    Path directory;

    private HttpBackends shop;
    private Gateway gateway;

    @BeforeEach
    void start() {
        shop = HttpBackends.start("shop", 1);
        start(ManagementCalls.hash("wonder"));
    }

    private void start(String hash, String... arguments) {
        gateway = Gateway.start(nanos::get, directory, """
                mooring:
                  upstreams.shop.backends: %s
                  admin.users.alice: { password: "{bcrypt}%s", role: change }
                """.formatted(shop.yaml(), hash), arguments);
    }

    @AfterEach
    void stop() {
        gateway.close();
        shop.close();
    }

    @Test
    void afterFiveWrongPasswordsAnAddressWaitsALongerTimeEachTime() throws Exception {
        try (HttpConnection connection = new HttpConnection(gateway.managementPort())) {
            for (int i = 0; i < 5; i++) {
                assertThat(connection.get(UPSTREAMS, WRONG).status()).isEqualTo(401);
            }
            for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
                assertWaits(connection, seconds);
                advance(Duration.ofSeconds(seconds).minusNanos(1));
                assertWaits(connection, 1);
                advance(Duration.ofNanos(1));
                assertThat(connection.get(UPSTREAMS, WRONG).status()).isEqualTo(401);
            }
            advance(Duration.ofMinutes(1));

            assertThat(connection.get(UPSTREAMS, ALICE).status()).isEqualTo(200);
            for (int i = 0; i < 4; i++) {
                assertThat(connection.get(UPSTREAMS, WRONG).status()).isEqualTo(401);
            }
            assertThat(connection.get(UPSTREAMS, ALICE).status()).isEqualTo(200);
        }
        assertThat(failures("wrong")).isEqualTo(5 + 8 + 4);
        assertThat(failures("paused")).isEqualTo(3 * 2 * 8);
    }

    /** Not even the right password is looked at, neither for the API nor for what is beside it, nor for a change. */
    private static void assertWaits(HttpConnection connection, int seconds) throws IOException {
        HttpConnection.Response api = connection.get(UPSTREAMS, ALICE, "X-Forwarded-For: 192.0.2.7");
        assertThat(api.status()).isEqualTo(429);
        assertThat(api.header("retry-after")).contains(String.valueOf(seconds));
        assertThat(api.header("content-type")).contains("application/problem+json");
        assertThat(api.body()).contains("\"status\":429").contains("Too many wrong passwords");
        assertThat(connection.get("/actuator/prometheus", ALICE).status()).isEqualTo(429);
        assertThat(connection.call("DELETE", "/admin/v1/changes", ALICE).status())
                .isEqualTo(429);
    }

    @Test
    void nobodyEscapesAPauseByAHeader() throws Exception {
        gateway.close();
        start(ManagementCalls.hash("wonder"), "--server.forward-headers-strategy=native");
        try (HttpConnection connection = new HttpConnection(gateway.managementPort())) {
            for (int i = 0; i < 5; i++) {
                assertThat(connection
                                .get(UPSTREAMS, WRONG, "X-Forwarded-For: 192.0.2." + i)
                                .status())
                        .isEqualTo(401);
            }

            assertThat(connection
                            .get(UPSTREAMS, ALICE, "X-Forwarded-For: 192.0.2.7")
                            .status())
                    .isEqualTo(429);
        }
    }

    @Test
    void othersAreServedMeanwhileAndSoIsWhatNeedsNoPassword() throws Exception {
        try (HttpConnection guessing = new HttpConnection(gateway.managementPort());
                HttpConnection other =
                        new HttpConnection(gateway.managementPort(), InetAddress.getByName("127.0.0.2"))) {
            for (int i = 0; i < 5; i++) {
                guessing.get(UPSTREAMS, WRONG);
            }

            assertThat(guessing.get(UPSTREAMS, ALICE).status()).isEqualTo(429);
            assertThat(guessing.get(UPSTREAMS).status()).isEqualTo(401);
            assertThat(guessing.get("/actuator/health/readiness", WRONG).status())
                    .isEqualTo(200);
            assertThat(other.get(UPSTREAMS, ALICE).status()).isEqualTo(200);
        }
        assertThat(failures("no-user")).isEqualTo(1);
    }

    @Test
    void eachWrongPasswordIsALineOfTheAuditLogWithoutWhatWasSaid(CapturedOutput output) throws Exception {
        try (HttpConnection connection = new HttpConnection(gateway.managementPort())) {
            connection.get(UPSTREAMS, WRONG);
            connection.get("/actuator/prometheus", basic("wonder", "alice"));
            for (int i = 0; i < 3; i++) {
                connection.get(UPSTREAMS, WRONG);
            }
        }

        assertThat(output)
                .contains("user=- from=127.0.0.1 call=\"GET /admin/v1/upstreams\" claimed=alice result=refused"
                        + " status=401 why=\"wrong name or password\"")
                .contains("call=\"GET /actuator/prometheus\" claimed=- result=refused status=401")
                .contains("why=\"wrong name or password, the next in 1s\"")
                .doesNotContain("gu3ss")
                .doesNotContain("wonder");
    }

    @Test
    void strangersFillNoDisk(CapturedOutput output) throws Exception {
        for (int i = 1; i <= 150; i++) {
            try (HttpConnection connection =
                    new HttpConnection(gateway.managementPort(), InetAddress.getByName("127.0.1." + i))) {
                assertThat(connection.call("DELETE", "/admin/v1/changes").status())
                        .isEqualTo(401);
                assertThat(connection
                                .call("DELETE", "/admin/v1/changes", "Origin: http://evil.example")
                                .status())
                        .isEqualTo(403);
                assertThat(connection.get(UPSTREAMS, WRONG).status()).isEqualTo(401);
            }
        }

        assertThat(lines(output, "call=\"DELETE")).isEqualTo(100);
        assertThat(lines(output, "claimed=alice")).isEqualTo(100);
        assertThat(gateway.metric("mooring.admin.changes", "result", "refused")).isEqualTo(300);
        assertThat(failures("wrong")).isEqualTo(150);
        assertThat(failures("no-user")).isEqualTo(150);
    }

    @Test
    void whoLeavesBeforeTheAnswerHasGuessedAllTheSame() throws Exception {
        gateway.close();
        start(String.valueOf(new BCryptPasswordEncoder(12).encode("wonder")));
        try (HttpConnection connection = new HttpConnection(gateway.managementPort())) {
            connection.send(UPSTREAMS, WRONG);
            Awaiting.until(() -> Thread.getAllStackTraces().entrySet().stream()
                    .filter(thread -> thread.getKey().getName().startsWith("mooring-passwords"))
                    .flatMap(thread -> Arrays.stream(thread.getValue()))
                    .anyMatch(frame -> frame.getMethodName().equals("hashpw")));
        }

        Awaiting.until(() -> failures("wrong") == 1);
    }

    private double failures(String reason) {
        return gateway.metric(METRIC, "reason", reason);
    }

    private static long lines(CapturedOutput output, String part) {
        return output.getOut().lines().filter(line -> line.contains(part)).count();
    }

    private void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }

    private static String basic(String user, String password) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
