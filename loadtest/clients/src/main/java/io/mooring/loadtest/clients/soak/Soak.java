package io.mooring.loadtest.clients.soak;

import io.mooring.loadtest.clients.loop.ClientLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Runs sticky clients against a gateway, and prints what they saw as one JSON object. */
public final class Soak {

    /** The options. */
    public static final String USAGE = "--target URL --clients N --seconds S --rate N --requests-per-connection N";

    private static final int SEED = 20_260_101;

    private Soak() {}

    /**
     * Runs as the arguments say, and returns whether no request failed and no client changed backend.
     *
     * @throws IllegalArgumentException when the arguments make no sense
     */
    public static boolean run(List<String> arguments) throws InterruptedException {
        Tally tally = run(SoakOptions.parse(arguments));
        System.out.println(tally.toJson());
        return !tally.hasFaults();
    }

    /** Returns when every client has had its last response. */
    static Tally run(SoakOptions options) throws InterruptedException {
        Tally tally = new Tally();
        try (ClientLoop clientLoop = ClientLoop.open()) {
            EventLoop loop = clientLoop.get();
            Random random = new Random(SEED);
            List<StickyClient> clients = IntStream.range(0, options.clients())
                    .mapToObj(number -> new StickyClient(number, options, loop, tally, random))
                    .toList();
            List<Future<Void>> runs = loop.submit(
                            () -> clients.stream().map(StickyClient::start).toList())
                    .sync()
                    .getNow();
            for (Future<Void> run : runs) {
                run.sync();
            }
        }
        return tally;
    }
}
