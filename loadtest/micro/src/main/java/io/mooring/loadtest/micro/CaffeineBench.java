package io.mooring.loadtest.micro;

import io.mooring.balancer.source.SourceAddress;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** What {@link SourceTableBench} does, with a cache of Caffeine's. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Threads(2)
public class CaffeineBench {

    private static final int ENTRIES = 1_000_000;

    private final CaffeineTable table = new CaffeineTable(ENTRIES, Duration.ofHours(1));

    public CaffeineBench() {
        for (int i = 0; i < ENTRIES; i++) {
            visit(source(i));
        }
    }

    @Benchmark
    public int find() {
        return table.find(source(known()));
    }

    @Benchmark
    public int claimAndRelease() {
        return visit(source(known()));
    }

    /** Each new source evicts another, or is itself not let in. */
    @Benchmark
    public int claimByStrangers() {
        return visit(source(ThreadLocalRandom.current().nextLong()));
    }

    private int visit(SourceAddress source) {
        return table.claim(source, 1, System.nanoTime());
    }

    private static long known() {
        return ThreadLocalRandom.current().nextInt(ENTRIES);
    }

    private static SourceAddress source(long number) {
        return new SourceAddress(0, number);
    }
}
