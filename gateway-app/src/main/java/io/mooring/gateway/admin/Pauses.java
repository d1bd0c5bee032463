package io.mooring.gateway.admin;

import io.mooring.balancer.source.SourceAddress;
import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.time.Ticker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How long an address has to wait before another of its passwords is looked at: not at all until {@value
 * #FREE_FAILURES} were wrong, then a second, and twice as long after each further one, up to {@link #LONGEST}. IPv6
 * addresses of a /64 are one.
 *
 * <p>The right password of the user whose name was said with the wrong ones ends it; that of another does not, or
 * whoever has a password could guess those of others without a pause. After {@link #MEMORY} without a wrong one all is
 * forgotten. At most {@value #CAPACITY} addresses are remembered: another makes room by the one that failed longest
 * ago.
 *
 * <p>Safe for concurrent use. All takes constant time under a lock, so that event loops may ask.
 */
final class Pauses {

    /** How many wrong passwords have no consequence. */
    static final int FREE_FAILURES = 4;

    /** The longest that an address has to wait. */
    static final Duration LONGEST = Duration.ofMinutes(1);

    /** How long a wrong password is remembered. */
    static final Duration MEMORY = Duration.ofMinutes(10);

    /** How many addresses are remembered. */
    static final int CAPACITY = 10_000;

    private static final SourcePrefixes PREFIXES = SourcePrefixes.DEFAULT;

    /** 2^6 seconds are longer than the longest pause. */
    private static final int MOST_DOUBLINGS = 6;

    private final Ticker ticker;
    private final Map<SourceAddress, Failures> failures = new LinkedHashMap<>();

    Pauses(Ticker ticker) {
        this.ticker = ticker;
    }

    /** How much longer the address has to wait; zero if it does not. */
    synchronized Duration left(InetAddress from) {
        Failures known = failures.get(PREFIXES.of(from));
        return known == null ? Duration.ZERO : known.left(ticker.nanos());
    }

    /**
     * The address has said a wrong password.
     *
     * @param user whose it would be; null if there is no such user
     * @return the pause that begins; zero if none does
     */
    synchronized Duration wrong(InetAddress from, @Nullable String user) {
        long now = ticker.nanos();
        SourceAddress address = PREFIXES.of(from);
        Failures before = failures.remove(address);
        Failures after = before == null || before.isOver(now) ? new Failures(1, user, now) : before.plus(user, now);
        failures.put(address, after);
        if (failures.size() > CAPACITY) {
            Iterator<SourceAddress> longestAgo = failures.keySet().iterator();
            longestAgo.next();
            longestAgo.remove();
        }
        return after.pause();
    }

    /** The address has said the password of a user. */
    synchronized void right(InetAddress from, String user) {
        failures.computeIfPresent(PREFIXES.of(from), (address, known) -> user.equals(known.user) ? null : known);
    }

    /** How many addresses are remembered. */
    synchronized int size() {
        return failures.size();
    }

    /**
     * The wrong passwords of an address.
     *
     * @param user who was named with all of them; null if several were, or nobody that there is
     * @param last when the last was said, in nanoseconds of the ticker
     */
    private record Failures(int count, @Nullable String user, long last) {

        Failures plus(@Nullable String another, long now) {
            return new Failures(
                    Math.min(count + 1, FREE_FAILURES + 1 + MOST_DOUBLINGS),
                    Objects.equals(user, another) ? user : null,
                    now);
        }

        Duration pause() {
            if (count <= FREE_FAILURES) {
                return Duration.ZERO;
            }
            Duration doubled = Duration.ofSeconds(1L << (count - FREE_FAILURES - 1));
            return doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        }

        Duration left(long now) {
            Duration left = pause().minusNanos(now - last);
            return left.isNegative() ? Duration.ZERO : left;
        }

        boolean isOver(long now) {
            return now - last >= MEMORY.toNanos();
        }
    }
}
