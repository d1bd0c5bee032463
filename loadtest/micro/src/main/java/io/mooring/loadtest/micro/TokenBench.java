package io.mooring.loadtest.micro;

import io.mooring.balancer.token.SessionToken;
import io.mooring.balancer.token.TokenCodec;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The token that a sticky cookie carries. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TokenBench {

    private final TokenCodec codec = new TokenCodec("upstream/shop", BenchGateway.KEYS);
    private final long tag = codec.backendTag(0, "shop-1");
    private final String token = codec.write(tag, 1, 2, 3);
    private long time = 1_772_366_400_000L;

    @Benchmark
    public String write() {
        return codec.write(tag, time, time++, 0);
    }

    @Benchmark
    public @Nullable SessionToken verify() {
        return codec.verify(token);
    }
}
