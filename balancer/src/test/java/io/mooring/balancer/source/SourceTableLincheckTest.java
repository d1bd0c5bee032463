package io.mooring.balancer.source;

import java.time.Duration;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * Whatever threads do at once to a table of two entries looks as if they had done it one after
 * another: three sources compete, and time jumps between operations. Runs last, since Lincheck instruments
 * what it meets and leaves it slower.
 */
@Order(Integer.MAX_VALUE)
@Param(name = "source", gen = IntGen.class, conf = "1:3")
@Param(name = "binding", gen = IntGen.class, conf = "0:2")
@Param(name = "expected", gen = IntGen.class, conf = "-1:2")
@Param(name = "now", gen = IntGen.class, conf = "0:25")
public class SourceTableLincheckTest {

    private final SourceTable table = new SourceTable(2, Duration.ofNanos(10), Duration.ofNanos(20), 42);

    @Operation(params = {"source", "now"})
    public String find(int source, int now) {
        return table.find(address(source), now).toString();
    }

    @Operation(params = {"source", "expected", "binding", "now"})
    public int claim(int source, int expected, int wanted, int now) {
        return table.claim(address(source), expected, wanted, now % 2 == 0, now);
    }

    @Operation(params = {"source", "now"})
    public void release(int source, int now) {
        table.release(address(source), now);
    }

    @Operation(params = {"source", "now"})
    public boolean touch(int source, int now) {
        return table.touch(address(source), now);
    }

    @Operation(params = {"source", "expected", "binding"})
    public void rebind(int source, int expected, int wanted) {
        table.rebind(address(source), expected, wanted);
    }

    @Operation(params = {"source", "binding", "now"})
    public boolean reassign(int source, int binding, int now) {
        return table.reassign(address(source), binding, now);
    }

    @Operation(params = {"binding", "now"})
    public int live(int binding, int now) {
        return table.liveSessions(binding, now);
    }

    @Test
    void interleavingsOfTwoThreadsAreLinearizable() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsBefore(2)
                .actorsPerThread(3)
                .actorsAfter(2)
                .iterations(2)
                .invocationsPerIteration(30)
                .check(SourceTableLincheckTest.class);
    }

    private static SourceAddress address(int source) {
        return new SourceAddress(0, source);
    }
}
