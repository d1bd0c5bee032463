package io.mooring.loadtest.clients.soak;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What the command line asked for.
 *
 * @param rate requests a second of all clients together
 * @param requestsPerConnection how many requests a client sends, on average, before it drops its connection
 */
record SoakOptions(URI target, int clients, Duration length, int rate, int requestsPerConnection) {

    static final String USAGE = "--target URL --clients N --seconds S --rate N --requests-per-connection N";

    SoakOptions {
        if (!"http".equals(target.getScheme()) || target.getHost() == null || target.getPort() < 0) {
            throw new IllegalArgumentException("--target: " + target + " (expected: http://HOST:PORT/PATH)");
        }
    }

    /** Reads pairs of a name and a value; every name has to be there, once. */
    static SoakOptions parse(String... arguments) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            values.put(arguments[i], arguments[i + 1]);
        }
        if (arguments.length != 10 || values.size() != 5) {
            throw new IllegalArgumentException(
                    "arguments: " + String.join(" ", arguments) + " (expected: " + USAGE + ")");
        }
        return new SoakOptions(
                URI.create(value(values, "--target")),
                positive(values, "--clients"),
                Duration.ofSeconds(positive(values, "--seconds")),
                positive(values, "--rate"),
                positive(values, "--requests-per-connection"));
    }

    private static String value(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + ": missing (expected: " + USAGE + ")");
        }
        return value;
    }

    private static int positive(Map<String, String> values, String name) {
        String value = value(values, name);
        if (!value.matches("[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: a whole number from 1)");
        }
        return Integer.parseInt(value);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(target.getHost(), target.getPort());
    }

    String path() {
        return target.getRawPath().isEmpty() ? "/" : target.getRawPath();
    }

    /** How long a client waits from one request to the next. */
    Duration interval() {
        return Duration.ofNanos(Duration.ofSeconds(1).toNanos() * clients / rate);
    }
}
