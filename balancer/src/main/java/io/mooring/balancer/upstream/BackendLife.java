package io.mooring.balancer.upstream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The life of one backend: what was said of it, when, and the state that follows. Guarded by its upstream.
 *
 * <p>What time alone changes, the end of an ejection, of a drain, of a slow start or of a flap grace, is changed by
 * {@link #settle}, and {@link #nanosToNextChange} says when that is.
 */
final class BackendLife {

    private static final long NEVER = Long.MAX_VALUE;

    private final BackendActivity activity;
    private final InstantSource wallClock;
    private final Span ejection = new Span();
    private final Span drain = new Span();
    private final Span slowStart = new Span();
    private final Span grace = new Span();
    private Backend backend;
    private StatePolicy policy;
    private AdminState admin;
    private Vitality vitality;
    private BackendState state = BackendState.PROBING;
    private String reason = "it is new";
    private Instant since;
    private boolean trusted;
    private int ejections;
    private long lastEjectionEnd;

    /**
     * The life of a backend that was not there before.
     *
     * @param trusted whether it may serve until its first check has ended, since there is none that is known better
     */
    BackendLife(
            Backend backend, StatePolicy policy, BackendActivity activity, boolean trusted, InstantSource wallClock) {
        this.backend = backend;
        this.admin = backend.admin();
        this.wallClock = wallClock;
        this.since = wallClock.instant();
        this.policy = policy;
        this.activity = activity;
        this.vitality = policy.checked() ? Vitality.PROBING : Vitality.UNCHECKED;
        this.trusted = trusted;
    }

    Backend backend() {
        return backend;
    }

    Vitality vitality() {
        return vitality;
    }

    BackendState state() {
        return state;
    }

    /** Whether it may take new clients as far as the operator is concerned. */
    boolean isWanted() {
        return admin == AdminState.READY && backend.weight() > 0;
    }

    /** Whether nothing is known of it and it may serve all the same. */
    boolean isTrusted() {
        return trusted && isWanted();
    }

    /**
     * Whether it takes new clients unless it is out: its operator wants it, and it is not waiting for its first check.
     */
    boolean isInService() {
        return isWanted() && (trusted || state != BackendState.PROBING);
    }

    /** Whether it is out, whoever found that. */
    boolean isOut() {
        return ejection.runs() || vitality == Vitality.DOWN;
    }

    /**
     * Is another backend from now on, or judged otherwise. One that serves does so until its first check has ended.
     * What an operator {@linkplain #administer wished} holds until the backend says otherwise than before. A drain, a
     * slow start or a flap grace that runs goes on from its beginning, by the length that it has now.
     */
    void become(Backend next, StatePolicy how, long now) {
        if (how.checked() != policy.checked()) {
            vitality = how.checked() ? Vitality.UP : Vitality.UNCHECKED;
        }
        if (next.admin() != backend.admin()) {
            admin = next.admin();
        }
        backend = next;
        policy = how;
        drain.become(drainLength(), now);
        slowStart.become(how.slowStart(), now);
        grace.become(how.flapGrace(), now);
    }

    void administer(AdminState wish) {
        admin = wish;
    }

    void found(Vitality next) {
        vitality = next;
    }

    /** Takes the backend out for a while, the longer the more often it was lately. */
    Duration eject(EjectionPolicy how, long now) {
        if (ejections > 0 && now - lastEjectionEnd >= how.maxTime().toNanos()) {
            ejections = 0;
        }
        Duration time = how.time(ejections++);
        ejection.begin(now, time);
        return time;
    }

    /**
     * Brings the state up to now.
     *
     * @return why the state changed by time alone, or null if it did not
     */
    @Nullable
    String settle(long now) {
        String ended = null;
        if (ejection.isOver(now)) {
            ejection.end();
            lastEjectionEnd = now;
            ended = "the ejection is over";
        }
        grace.endIfOver(now);
        slowStart.endIfOver(now);
        boolean wasDrained = drain.isOver(now);
        BackendState before = state;
        state = condition(wasDrained).state();
        if (before == BackendState.MAINTENANCE && state != before && policy.checked()) {
            vitality = Vitality.PROBING;
            state = condition(wasDrained).state();
        }
        follow(before, now);
        boolean isDrained = wasDrained && before == BackendState.DRAINING && state == BackendState.MAINTENANCE;
        return isDrained ? "the drain timeout is over" : ended;
    }

    /** Takes note of why the state is another since now. */
    void changed(String why) {
        reason = why;
        since = wallClock.instant();
    }

    /** The state, with what is known of how it came about. */
    BackendStanding standing() {
        return new BackendStanding(state, reason, since, admin);
    }

    /** How many tenths of its weight it has. */
    int share(long now) {
        return slowStart.runs() ? slowStart.tenths(now) : Member.FULL_SHARE;
    }

    /** Whether sessions bound to it stay bound while others serve them. */
    boolean isAwaited() {
        return switch (state) {
            case READY, DRAINING -> !policy.flapGrace().isZero();
            case DOWN -> grace.runs();
            case MAINTENANCE, PROBING -> false;
        };
    }

    Member member(int share, boolean lastResort) {
        return new Member(backend, state, activity, share, lastResort, isAwaited());
    }

    /** In how long {@link #settle} or {@link #share} will say something else, if nothing else happens. */
    long nanosToNextChange(long now) {
        return Math.min(
                Math.min(ejection.left(now), state == BackendState.MAINTENANCE ? NEVER : drain.left(now)),
                Math.min(slowStart.runs() ? slowStart.toNextTenth(now) : NEVER, grace.left(now)));
    }

    private Condition condition(boolean drained) {
        return new Condition(admin, vitality, ejection.runs(), backend.weight() == 0, drained);
    }

    private Duration drainLength() {
        return Objects.requireNonNullElse(policy.drainTimeout(), Span.ENDLESS);
    }

    /** Begins and ends what goes with the state. */
    private void follow(BackendState before, long now) {
        boolean draining = condition(false).isDraining();
        if (!draining) {
            drain.end();
        } else if (!drain.runs()) {
            drain.begin(now, drainLength());
        }
        boolean served = before == BackendState.READY || before == BackendState.DRAINING;
        boolean serves = state == BackendState.READY || state == BackendState.DRAINING;
        if (serves) {
            grace.end();
        } else if (served && state == BackendState.DOWN) {
            grace.begin(now, policy.flapGrace());
        }
        trusted = trusted && state == BackendState.PROBING;
        if (state != BackendState.READY) {
            slowStart.end();
        } else if (!served) {
            slowStart.begin(now, policy.slowStart());
        }
    }
}
