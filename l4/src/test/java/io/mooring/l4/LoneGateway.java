package io.mooring.l4;

import io.mooring.balancer.upstream.Backend;
import java.io.IOException;

/** A gateway in a process of its own: prints the port that it listens on, and ends with its standard input. */
final class LoneGateway {

    private LoneGateway() {}

    /** Takes the port of the backend. */
    public static void main(String[] args) throws IOException {
        Backend backend = new Backend("a", "127.0.0.1", Integer.parseInt(args[0]), Backend.DEFAULT_WEIGHT);
        try (TestGateway gateway = TestGateway.of(TestGateway.BALANCED, backend)) {
            System.out.println(gateway.tcp().address().getPort());
            while (System.in.read() >= 0) {
                // Nothing is said to it.
            }
        }
    }
}
