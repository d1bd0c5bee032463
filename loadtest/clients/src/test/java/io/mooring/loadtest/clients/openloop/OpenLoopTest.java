package io.mooring.loadtest.clients.openloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.loadtest.clients.http.HttpTarget;
import io.mooring.loadtest.clients.openloop.TestServer.Answer;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class OpenLoopTest {

    private static final int RATE = 500;
    private static final String COOKIE = "session=abc";

    private final AtomicInteger requests = new AtomicInteger();
    private int connections = 4;
    private Duration warmUp = Duration.ZERO;
    private Optional<String> cookie = Optional.empty();

    @Test
    void aStallIsSeenByEveryRequestThatWasDueMeanwhile() throws Exception {
        Duration stall = Duration.ofMillis(200);
        Stall server = new Stall(RATE / 4, stall);

        String seen = runAgainst(server);

        // The stall lasts a fifth of the run. Measured from when each was sent, four requests would have seen it.
        assertThat(figure(seen, "p99_us")).isGreaterThan(stall.toNanos() / 1000 / 2);
        assertThat(figure(seen, "max_us")).isGreaterThanOrEqualTo(stall.toNanos() / 1000);
        assertThat(figure(seen, "requests")).isEqualTo(RATE);
        assertThat(seen).contains("\"faults\":{}");
    }

    @Test
    void aRequestWaitsForAConnectionWithItsClockRunning() throws Exception {
        connections = 1;

        // a connection carries at most 100 a second
        String seen = run(150, server -> Answer.of("backend-1").after(Duration.ofMillis(10)));

        assertThat(figure(seen, "p99_us")).isGreaterThan(300_000);
        assertThat(figure(seen, "requests")).isEqualTo(150);
    }

    @Test
    void sendsAllThatIsDueAndMeasuresWhatFollowsTheWarmUp() throws Exception {
        warmUp = Duration.ofSeconds(1);

        String seen = runAgainst(cookies -> Answer.of("backend-1"));

        assertThat(requests).hasValue(2 * RATE);
        assertThat(figure(seen, "requests")).isEqualTo(RATE);
        assertThat(seen).contains("\"faults\":{}");
    }

    @Test
    void carriesTheCookieAndTakesOverItsRenewal() throws Exception {
        cookie = Optional.of(COOKIE);
        Set<String> seen = ConcurrentHashMap.newKeySet();

        assertThat(runAgainst(cookies -> {
                    seen.add(cookies);
                    return Answer.of("backend-1").setting("session=def");
                }))
                .contains("\"faults\":{}");
        assertThat(seen).containsExactlyInAnyOrder(COOKIE, "session=def");
    }

    @Test
    void withoutACookieEachRequestIsAFirstVisit() throws Exception {
        Set<String> seen = ConcurrentHashMap.newKeySet();

        runAgainst(cookies -> {
            seen.add(cookies);
            return Answer.of("backend-1").setting("session=def");
        });

        assertThat(seen).containsExactly("");
    }

    @Test
    void anotherBackendIsSeen() throws Exception {
        assertThat(runAgainst(cookies -> Answer.of(requests.get() == RATE / 2 ? "backend-2" : "backend-1")))
                .contains("\"faults\":{\"CHANGED\":1}", "\"requests\":" + (RATE - 1));
    }

    @Test
    void anErrorIsSeen() throws Exception {
        assertThat(runAgainst(cookies -> Answer.of("backend-1")
                        .with(requests.get() == RATE / 2 ? HttpResponseStatus.BAD_GATEWAY : HttpResponseStatus.OK)))
                .contains("\"faults\":{\"STATUS\":1}");
    }

    @Test
    void aLostConnectionIsSeenAndReplaced() throws Exception {
        assertThat(runAgainst(cookies -> {
                    if (requests.get() == RATE / 2) {
                        throw new IllegalStateException("on purpose");
                    }
                    return Answer.of("backend-1");
                }))
                .contains("\"faults\":{\"CLOSED\":1}", "\"requests\":" + (RATE - 1));
    }

    @Test
    void aGatewayThatIsNotThereIsSeen() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        Latencies latencies = OpenLoop.run(options("http://127.0.0.1:" + port, 50));

        assertThat(latencies.isGood()).isFalse();
        // those of the requests, and the first of each connection
        assertThat(latencies.toJson()).contains("\"faults\":{\"CONNECT\":54}");
    }

    private String runAgainst(Function<String, Answer> answers) throws InterruptedException {
        return run(RATE, answers);
    }

    private String run(int rate, Function<String, Answer> answers) throws InterruptedException {
        try (TestServer server = new TestServer(cookies -> {
            requests.incrementAndGet();
            return answers.apply(cookies);
        })) {
            return OpenLoop.run(options(server.url(), rate)).toJson();
        }
    }

    private OpenLoopOptions options(String url, int rate) {
        return new OpenLoopOptions(
                HttpTarget.parse("--url", url),
                rate,
                Duration.ofSeconds(1),
                warmUp,
                connections,
                cookie,
                Optional.of("backend-1"));
    }

    private static long figure(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\":(\\d+)").matcher(json);
        assertThat(matcher.find()).as(name).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    /** Answers at once, but from one request on not before some time has passed. */
    private static final class Stall implements Function<String, Answer> {

        private final Duration length;
        private int before;
        private long endNanos;

        Stall(int before, Duration length) {
            this.before = before;
            this.length = length;
        }

        @Override
        public Answer apply(String cookies) {
            if (--before >= 0) {
                return Answer.of("backend-1");
            }
            long now = System.nanoTime();
            if (before == -1) {
                endNanos = now + length.toNanos();
            }
            return Answer.of("backend-1").after(Duration.ofNanos(Math.max(0, endNanos - now)));
        }
    }
}
