package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway whose configuration changes again and again while clients come: nobody notices, and nothing is left of it.
 */
class ReloadsUnderLoadTest {

    private static final int RELOADS = 100;
    private static final int BEFORE_MEASURING = 10;
    private static final int COLLECTIONS = 3;

    @TempDir
    Path directory;

    @Test
    void aHundredChangesFailNoRequestMoveNoSessionAndLeaveNothingOnTheHeap() throws Exception {
        try (HttpBackends shop = HttpBackends.start("shop", 4);
                EchoBackends echo = EchoBackends.start("echo", Protocol.TCP, 1);
                Gateway gateway =
                        Gateway.start(directory, configuration(shop, echo, 0), "--mooring.reload.interval=0s")) {
            StickyVisitors visitors = StickyVisitors.start(gateway.port(), 3);
            List<List<String>> before = visitors.histories();
            for (int i = 1; i <= BEFORE_MEASURING; i++) {
                assertThat(gateway.reload(configuration(shop, echo, i))).isTrue();
            }
            long heap = heapInUse();
            for (int i = 1; i <= RELOADS; i++) {
                assertThat(gateway.reload(configuration(shop, echo, i))).isTrue();
            }
            long heapAfter = heapInUse();
            visitors.awaitVisits(5);
            visitors.stop();

            assertThat(visitors.failures()).isEmpty();
            assertThat(visitors.histories()).isEqualTo(before);
            assertThat(gateway.fleet().upstreamScope("shop").orElseThrow().outcomes(Outcome.MOVED))
                    .isZero();
            assertThat(gateway.metric("mooring.config.reloads", "result", "applied"))
                    .isEqualTo(BEFORE_MEASURING + RELOADS);
            assertThat(heapAfter).isLessThanOrEqualTo(heap * 105 / 100);
        }
    }

    /** The least that several collections leave. */
    private static long heapInUse() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    /** Weights, a policy, an upstream, a listener and a route come and go; the backends of sessions stay. */
    private static String configuration(HttpBackends shop, EchoBackends echo, int number) {
        boolean odd = number % 2 == 1;
        return """
                mooring:
                  upstreams:
                    shop:
                      persistence: { type: cookie, idle-timeout: %ds }
                      backends: %s
                    echo: { backends: %s }
                    %s
                  listeners:
                    echo: { protocol: tcp, address: 127.0.0.1, port: 0, upstream: echo, idle-timeout: %ds }
                    %s
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/%s" ] }
                """.formatted(
                        100 + number,
                        shop.yaml().replace("\" }", "\", weight: " + (1 + number % 5) + " }"),
                        echo.yaml(),
                        odd ? "more: { backends: " + echo.yaml() + " }" : "",
                        60 + number,
                        odd ? "more: { protocol: udp, address: 127.0.0.1, port: 0, upstream: more }" : "",
                        odd ? "**" : "{*rest}");
    }
}
