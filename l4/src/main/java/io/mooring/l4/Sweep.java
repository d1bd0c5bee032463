package io.mooring.l4;

import io.mooring.balancer.reschedule.Lots;
import io.mooring.balancer.reschedule.RescheduleReason;
import io.mooring.balancer.reschedule.RescheduleSpec;
import io.mooring.balancer.session.Decision;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One reason to break relays of an event loop off: whose turn is when. Turns are given once the delay is over, to those
 * that are found then and to those that come later. A relay that ends gives its turn back, so that there are never more
 * turns than relays.
 *
 * <p>Confined to the event loop.
 */
final class Sweep {

    private final long began;
    private final long delayNanos;
    private final long windowNanos;
    private final Lots lots;
    private final NavigableSet<Turn> order = new TreeSet<>();
    private final IdentityHashMap<Relay, Turn> turns = new IdentityHashMap<>();
    private RescheduleReason reason;
    private Stage stage = Stage.WAITING;
    private long given;

    /**
     * A sweep that has given no turn.
     *
     * @param began when the reason came to be; sweeps of several loops that began together draw the same lots for
     *     sessions
     * @param loop which of the loops it is for
     */
    Sweep(RescheduleReason reason, RescheduleSpec spec, long began, int loop) {
        this.reason = reason;
        this.began = began;
        this.delayNanos = spec.delay().toNanos();
        this.windowNanos = spec.window().toNanos();
        this.lots = new Lots(began, loop);
    }

    /** A sweep for those that come from now on. */
    static Sweep ofLate(RescheduleReason reason, RescheduleSpec spec, long now, int loop) {
        Sweep sweep = new Sweep(reason, spec, now, loop);
        sweep.enter(Stage.FOUND);
        return sweep;
    }

    RescheduleReason reason() {
        return reason;
    }

    /** Goes on for another reason; turns stay as they are. */
    void become(RescheduleReason next) {
        reason = next;
    }

    /** When the reason came to be. */
    long began() {
        return began;
    }

    Stage stage() {
        return stage;
    }

    void enter(Stage next) {
        stage = next;
    }

    /** Whether the delay is over. */
    boolean isDue(long now) {
        return now - began >= delayNanos;
    }

    /** Gives a relay its turn within the window. */
    void add(Relay relay) {
        draw(relay, 1, delayNanos);
    }

    /** Gives a relay that came now its turn, as if the reason had come with it. */
    void addLate(Relay relay, long now) {
        draw(relay, 1, now - began + delayNanos);
    }

    /** Gives a relay a turn within the window if its lot is within the share. */
    void draw(Relay relay, double share) {
        draw(relay, share, delayNanos);
    }

    /** The next whose turn has come, or null. */
    @Nullable
    Turn take(long now) {
        Turn next = order.isEmpty() ? null : order.first();
        if (next == null || next.after > now - began) {
            return null;
        }
        forget(next.relay);
        return next;
    }

    /** Takes back the turn of a relay, if it has one. */
    void forget(Relay relay) {
        Turn turn = turns.remove(relay);
        if (turn != null) {
            order.remove(turn);
        }
    }

    /** Whether all who were found have had their turns. */
    boolean isOver() {
        return stage == Stage.FOUND && order.isEmpty();
    }

    /** How long until there is something to do; {@link Long#MAX_VALUE} if there is nothing. */
    long nanosLeft(long now) {
        long passed = now - began;
        long left = stage == Stage.WAITING ? delayNanos - passed : Long.MAX_VALUE;
        return order.isEmpty() ? left : Math.min(left, order.first().after - passed);
    }

    private void draw(Relay relay, double share, long from) {
        Decision serving = relay.serving();
        if (serving == null || turns.containsKey(relay)) {
            return;
        }
        OptionalLong session = serving.sessionKey();
        double lot = session.isPresent() ? lots.of(session.getAsLong()) : lots.next();
        if (lot < share) {
            Turn turn = new Turn(from + (long) (windowNanos * (lot / share)), given++, relay, lot);
            turns.put(relay, turn);
            order.add(turn);
        }
    }

    /** How far a sweep has come. */
    enum Stage {
        /** The delay runs. */
        WAITING,
        /** Those whom it concerns are being looked for. */
        LOOKING,
        /** They have been found. */
        FOUND
    }

    /**
     * When a relay is broken off.
     *
     * @param after how long after the sweep's beginning, in nanoseconds
     * @param number tells apart what is due at once
     * @param lot what it drew
     */
    record Turn(long after, long number, Relay relay, double lot) implements Comparable<Turn> {

        private static final Comparator<Turn> ORDER =
                Comparator.comparingLong(Turn::after).thenComparingLong(Turn::number);

        @Override
        public int compareTo(Turn other) {
            return ORDER.compare(this, other);
        }
    }
}
