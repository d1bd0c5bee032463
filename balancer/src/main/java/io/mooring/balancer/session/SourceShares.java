package io.mooring.balancer.session;

import io.mooring.balancer.source.SourceAddress;
import io.mooring.balancer.source.SourceLoad;
import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.time.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Watches which sources have more open than their share of a scope. Safe for concurrent use. */
final class SourceShares {

    private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final ScopeId scope;
    private final SourceShare share;
    private final SourcePrefixes prefixes;
    private final SourceLoad load;
    private final Ticker ticker;
    private final ShareObserver observer;
    private final LongAdder exceeded = new LongAdder();
    private final AtomicLong nextWarning;

    SourceShares(ScopeId scope, SourceShare share, SourcePrefixes prefixes, SessionContext gateway) {
        this.scope = scope;
        this.share = share;
        this.prefixes = prefixes;
        this.load = new SourceLoad(gateway.random().nextLong());
        this.ticker = gateway.ticker();
        this.observer = gateway.shares();
        this.nextWarning = new AtomicLong(ticker.nanos());
    }

    /** Counts one more that the source has open, until {@link Opening#end}. */
    Opening begin(SourceAddress source) {
        int open = load.begin(source);
        int all = load.total();
        boolean tooMany = share.isExceeded(open, all);
        if (tooMany) {
            exceeded.increment();
            warn(source, open, all);
        }
        return new Opening(source, tooMany && share.split() == SourceShare.Split.PORT);
    }

    /** How often a source had more open than its share when it came. */
    long exceeded() {
        return exceeded.sum();
    }

    private void warn(SourceAddress source, int open, int all) {
        long now = ticker.nanos();
        long due = nextWarning.get();
        if (now - due >= 0 && nextWarning.compareAndSet(due, now + WARN_NANOS)) {
            observer.exceeded(scope, prefixes.text(source), open, all, share);
        }
    }

    /** One connection, request or flow of a source. */
    final class Opening {

        private final SourceAddress source;
        private final boolean split;

        private Opening(SourceAddress source, boolean split) {
            this.source = source;
            this.split = split;
        }

        /** Whether it is to be known by the block of its port. */
        boolean isSplit() {
            return split;
        }

        /** Whether others of its source may be known by the blocks of their ports. */
        boolean maySplit() {
            return share.split() == SourceShare.Split.PORT;
        }

        /** It is over; to be called once. */
        void end() {
            load.end(source);
        }
    }
}
