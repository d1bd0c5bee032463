package io.mooring.balancer.session;

import io.mooring.balancer.source.SourceAddress;
import io.mooring.balancer.source.SourceTable;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.upstream.Member;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A decision that the source table remembers. */
final class SourceDecision extends Decision {

    /** Of touches closer than this the table is told of the first: a session may seem idle for that much too long. */
    private static final long TOUCH_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final SourceAddress source;
    private final SourceTable table;
    private final SourceShares.@Nullable Opening opening;
    private final SourceSessions sessions;
    private final Ticker ticker;
    private int binding = SourceTable.NOT_REMEMBERED;
    private boolean held;
    private boolean untold;
    private long lastTouch;

    SourceDecision(
            Scope scope,
            Selection selection,
            SourceAddress source,
            SourceShares.@Nullable Opening opening,
            SourceSessions sessions,
            SourceTable table,
            Ticker ticker) {
        super(scope, selection, 0);
        this.source = source;
        this.opening = opening;
        this.sessions = sessions;
        this.table = table;
        this.ticker = ticker;
    }

    /** Balances a client without a live session; false when it has got one in the meantime. */
    boolean begin(Outcome because) {
        return claim(balance(because), SourceTable.NOT_REMEMBERED, false);
    }

    /** Balances a client whose session was revoked; false when that has changed in the meantime. */
    boolean beginAfter(int revoked) {
        return claim(balance(Outcome.REVOKED), revoked, true);
    }

    /** Goes on with a session; false when it has changed in the meantime. */
    boolean resume(Member bound, int expected) {
        keep(bound);
        return hold(expected, expected, false);
    }

    /** Moves a session; false when it has changed in the meantime. */
    boolean moveFrom(int expected) {
        return claim(move(), expected, false);
    }

    /** Goes on with a session away from its backend; false when it has changed in the meantime. */
    boolean resumeElsewhere(int expected) {
        return divert() == null || hold(expected, expected, false);
    }

    @Override
    public synchronized OptionalLong sessionKey() {
        return binding == SourceTable.NOT_REMEMBERED ? OptionalLong.empty() : OptionalLong.of(source.hash());
    }

    @Override
    public synchronized void endSession() {
        untold = false;
        Member used = member();
        if (used == null || outcome() == Outcome.DIVERTED) {
            return;
        }
        int bound = sessions.bindings().of(used.id());
        if (bound != BackendBindings.REVOKED) {
            table.reassign(source, bound, BackendBindings.REVOKED, ticker.nanos());
        }
    }

    @Override
    public void touch() {
        long now = ticker.nanos();
        if (now - lastTouch < TOUCH_NANOS) {
            untold = true;
        } else {
            tell(now);
        }
    }

    @Override
    public synchronized void letGo() {
        if (held) {
            held = false;
            table.release(source, ticker.nanos());
        }
    }

    @Override
    Member bindAnew(Member next) {
        if (binding == SourceTable.NOT_REMEMBERED) {
            return next;
        }
        int wanted = sessions.bindings().of(next.id());
        if (wanted == BackendBindings.REVOKED) {
            return next;
        }
        int inForce = rebind(binding, wanted);
        Member other = inForce == wanted ? null : sessions.bindings().member(inForce);
        if (other != null && other.servesBound() && !isTried(other)) {
            binding = inForce;
            return other;
        }
        binding = inForce == wanted ? wanted : rebind(inForce, wanted);
        return next;
    }

    /** Replaces the binding that is expected; the answer is the one in force. */
    private int rebind(int expected, int wanted) {
        if (held) {
            return table.rebind(source, expected, wanted);
        }
        long now = ticker.nanos();
        int inForce = table.claim(source, expected, wanted, false, now);
        if (inForce != SourceTable.NOT_REMEMBERED) {
            table.release(source, now);
        }
        return inForce;
    }

    @Override
    long sessionHash() {
        return source.hash();
    }

    @Override
    void end() {
        letGo();
        if (untold) {
            tellAtTheEnd(ticker.nanos());
        }
        if (opening != null) {
            opening.end();
        }
    }

    /** Only if the client was there just now: the end itself is no use of the session. */
    private void tellAtTheEnd(long now) {
        if (now - lastTouch < TOUCH_NANOS) {
            tell(now);
        }
    }

    /** Has the table know that the session was used now; one that gave way to others comes back. */
    private void tell(long now) {
        untold = false;
        Member used = member();
        if (binding == SourceTable.NOT_REMEMBERED) {
            return;
        }
        lastTouch = now;
        if (!table.touch(source, now) && used != null) {
            remember(used, now);
        }
    }

    /** Begins a session with the backend that is used, unless the client has got one. */
    private void remember(Member used, long now) {
        int wanted = sessions.bindings().of(used.id());
        if (wanted != BackendBindings.REVOKED
                && table.claim(source, SourceTable.NOT_REMEMBERED, wanted, false, now) != SourceTable.NOT_REMEMBERED) {
            binding = wanted;
            table.release(source, now);
        }
    }

    /** Binds the session to a backend that was chosen; one without a number left long ago. */
    private boolean claim(@Nullable Member chosen, int expected, boolean anew) {
        int wanted =
                chosen == null ? BackendBindings.REVOKED : sessions.bindings().of(chosen.id());
        return wanted == BackendBindings.REVOKED || hold(expected, wanted, anew);
    }

    /** Whether the table agreed, or could not remember. */
    private boolean hold(int expected, int wanted, boolean anew) {
        long now = ticker.nanos();
        int bound = table.claim(source, expected, wanted, anew, now);
        if (bound == SourceTable.NOT_REMEMBERED) {
            return true;
        }
        if (bound != wanted) {
            table.release(source, now);
            return false;
        }
        binding = wanted;
        held = true;
        lastTouch = now;
        return true;
    }
}
