package io.mooring.loadtest.clients.soak;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Runs sticky clients against a gateway, and prints what they saw as one JSON object.
 *
 * <p>Exits with 0 if no request failed and no client changed backend, 1 if any did, 2 on a wrong command line.
 */
public final class Soak {

    private static final int STOP_SECONDS = 5;
    private static final int SEED = 20_260_101;

    private Soak() {}

    public static void main(String[] arguments) throws InterruptedException {
        SoakOptions options;
        try {
            options = SoakOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Tally tally = run(options);
        System.out.println(tally.toJson());
        System.exit(tally.hasFaults() ? 1 : 0);
    }

    /** Returns when every client has had its last response. */
    static Tally run(SoakOptions options) throws InterruptedException {
        Tally tally = new Tally();
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            EventLoop loop = group.next();
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
        } finally {
            group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).sync();
        }
        return tally;
    }
}
