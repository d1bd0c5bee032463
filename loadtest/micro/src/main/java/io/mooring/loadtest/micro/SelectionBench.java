package io.mooring.loadtest.micro;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.selection.Rotation;
import io.mooring.balancer.selection.Selector;
import io.mooring.balancer.upstream.Member;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The first choice for a new client. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SelectionBench {

    @Param({"3", "100"})
    public int members;

    @Param
    public Balancing balancing = Balancing.WEIGHTED_ROUND_ROBIN;

    private Selector selector = selector(balancing, 1);
    private long hash;

    @Setup
    public void build() {
        selector = selector(balancing, members);
    }

    @Benchmark
    public @Nullable Member pick() {
        hash += 0x9e3779b97f4a7c15L;
        return selector.candidate(selector.ticket(hash), List.of());
    }

    private static Selector selector(Balancing balancing, int members) {
        return Selector.of(balancing, BenchGateway.upstream(members).snapshot(), new Rotation(0));
    }
}
