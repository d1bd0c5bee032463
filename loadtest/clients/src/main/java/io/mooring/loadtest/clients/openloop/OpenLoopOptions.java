package io.mooring.loadtest.clients.openloop;

import io.mooring.loadtest.clients.cli.CommandLine;
import io.mooring.loadtest.clients.http.CookieJar;
import io.mooring.loadtest.clients.http.HttpTarget;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the command line asked for.
 *
 * @param rate requests a second
 * @param warmUp how long requests are sent before the first that is measured
 * @param cookie the one that all requests carry, as {@code name=value}
 * @param expect what every response has to say
 */
record OpenLoopOptions(
        HttpTarget target,
        int rate,
        Duration length,
        Duration warmUp,
        int connections,
        Optional<String> cookie,
        Optional<String> expect) {

    /** The driver could not keep up with more. */
    private static final int MAX_RATE = 100_000;

    OpenLoopOptions {
        if (!cookie.orElse("name=value").matches("[^=;,\\s]+=[^;,\\s]+")) {
            throw new IllegalArgumentException("--cookie: " + cookie.get() + " (expected: NAME=VALUE)");
        }
    }

    static OpenLoopOptions parse(List<String> arguments) {
        CommandLine line = CommandLine.parse(OpenLoop.USAGE, arguments);
        return new OpenLoopOptions(
                HttpTarget.parse("--url", line.get("--url")),
                line.number("--rate", 1, MAX_RATE),
                line.seconds("--seconds", 1),
                line.seconds("--warm-up", 0),
                line.positive("--connections"),
                line.find("--cookie"),
                line.find("--expect"));
    }

    /** A jar with the cookie, if there is one. */
    CookieJar cookies() {
        CookieJar jar = new CookieJar();
        cookie.ifPresent(pair -> jar.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1)));
        return jar;
    }
}
