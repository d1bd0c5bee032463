package io.mooring.loadtest.micro;

import io.mooring.balancer.source.SourceAddress;
import io.mooring.balancer.source.SourceLookup;
import io.mooring.balancer.source.SourceTable;
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

/** A full source table of a million entries under two threads, at random places of memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Threads(2)
public class SourceTableBench {

    private static final int ENTRIES = 1_000_000;

    private final SourceTable table = new SourceTable(ENTRIES, Duration.ofHours(1), null, 42);

    public SourceTableBench() {
        for (int i = 0; i < ENTRIES; i++) {
            visit(source(i));
        }
    }

    @Benchmark
    public SourceLookup.Standing find() {
        return table.find(source(known()), System.nanoTime()).standing();
    }

    @Benchmark
    public int claimAndRelease() {
        return visit(source(known()));
    }

    /** Each new source evicts the entry nearest its expiry. */
    @Benchmark
    public int claimByStrangers() {
        return visit(source(ThreadLocalRandom.current().nextLong()));
    }

    private int visit(SourceAddress source) {
        long now = System.nanoTime();
        int bound = table.claim(source, SourceTable.NOT_REMEMBERED, 1, false, now);
        table.release(source, now);
        return bound;
    }

    private static long known() {
        return ThreadLocalRandom.current().nextInt(ENTRIES);
    }

    private static SourceAddress source(long number) {
        return new SourceAddress(0, number);
    }
}
