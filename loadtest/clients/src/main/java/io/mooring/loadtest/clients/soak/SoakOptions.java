package io.mooring.loadtest.clients.soak;

import io.mooring.loadtest.clients.cli.CommandLine;
import io.mooring.loadtest.clients.http.HttpTarget;
import java.time.Duration;
import java.util.List;

/**
 * What the command line asked for.
 *
 * @param rate requests a second of all clients together
 * @param requestsPerConnection how many requests a client sends, on average, before it drops its connection
 */
record SoakOptions(HttpTarget target, int clients, Duration length, int rate, int requestsPerConnection) {

    static SoakOptions parse(List<String> arguments) {
        CommandLine line = CommandLine.parse(Soak.USAGE, arguments);
        return new SoakOptions(
                HttpTarget.parse("--target", line.get("--target")),
                line.positive("--clients"),
                line.seconds("--seconds", 1),
                line.positive("--rate"),
                line.positive("--requests-per-connection"));
    }

    /** How long a client waits from one request to the next. */
    Duration interval() {
        return Duration.ofNanos(Duration.ofSeconds(1).toNanos() * clients / rate);
    }
}
