package io.mooring.gateway.demo;

import io.mooring.balancer.topology.ListenerSpec;
import io.mooring.balancer.topology.Topology;
import java.util.stream.Collectors;

/** What to paste into a terminal while the demo runs. */
public final class DemoInstructions {

    private DemoInstructions() {}

    /** The lines, for a gateway whose HTTP listener is on this port. */
    public static String of(Topology topology, int httpPort) {
        String listeners =
                topology.listeners().stream().map(DemoInstructions::line).collect(Collectors.joining());
        return """

                Mooring is serving. Paste into another terminal:

                  curl -s -c jar -b jar http://127.0.0.1:%1$d/    # the same backend each time: the cookie keeps you
                  curl -s http://127.0.0.1:%1$d/                  # the next backend each time: no cookie, no session
                %2$s  curl -s http://127.0.0.1:9900/actuator/prometheus | grep ^mooring_

                Ctrl-C ends it.
                """.formatted(httpPort, listeners);
    }

    private static String line(ListenerSpec listener) {
        return switch (listener.protocol()) {
            case TCP ->
                "  echo hello | nc -N 127.0.0.1 " + listener.port()
                        + "              # the same backend on each new connection\n";
            case TLS ->
                "  echo hello | openssl s_client -quiet -connect 127.0.0.1:" + listener.port()
                        + "    # the same backend on each new connection\n";
            case UDP ->
                "  echo hello | nc -u -w1 127.0.0.1 " + listener.port()
                        + "           # the same backend from each new port\n";
        };
    }
}
