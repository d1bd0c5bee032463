package io.mooring.loadtest.clients.openloop;

import io.mooring.loadtest.clients.loop.ClientLoop;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;

/** Sends requests at a constant rate, and prints the latencies from when each was due as one JSON object. */
public final class OpenLoop {

    /** The options. */
    public static final String USAGE =
            "--url URL --rate N --seconds S --warm-up S --connections N [--cookie NAME=VALUE] [--expect BODY]";

    /** For the connections to be there before the first request is due. */
    private static final Duration HEAD_START = Duration.ofMillis(500);

    private OpenLoop() {}

    /**
     * Runs as the arguments say, and returns whether every response was good.
     *
     * @throws IllegalArgumentException when the arguments make no sense
     */
    public static boolean run(List<String> arguments) throws InterruptedException {
        Latencies latencies = run(OpenLoopOptions.parse(arguments));
        System.out.println(latencies.toJson());
        return latencies.isGood();
    }

    /** Returns when every request has had its response or failed. */
    static Latencies run(OpenLoopOptions options) throws InterruptedException {
        try (ClientLoop clientLoop = ClientLoop.openPunctual()) {
            EventLoop loop = clientLoop.get();
            Arrivals arrivals = Arrivals.of(options, System.nanoTime() + HEAD_START.toNanos());
            Driver driver = new Driver(options, arrivals, loop);
            loop.submit(driver::start).sync();
            return driver.done().sync().getNow();
        }
    }
}
