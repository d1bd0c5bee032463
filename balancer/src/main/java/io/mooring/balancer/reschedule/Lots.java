package io.mooring.balancer.reschedule;

/**
 * Lots from 0 to 1, by which it is decided who is broken off, and when.
 *
 * <p>All that one session has open draws the same lot, wherever it is drawn with the same salt, so that a session is
 * broken off as one. What has no session draws lots that lie as evenly as can be, however many are drawn: the multiples
 * of the golden ratio, of which only the fraction counts.
 *
 * <p>Used by one thread.
 */
public final class Lots {

    private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;

    private final long salt;
    private long last;

    /**
     * Lots of their own for each salt.
     *
     * @param place tells apart those who draw with one salt, so that what they draw without a session differs
     */
    public Lots(long salt, int place) {
        this.salt = mixed(salt);
        this.last = mixed(this.salt + place);
    }

    /** The lot of a session. */
    public double of(long sessionKey) {
        return fraction(mixed(sessionKey ^ salt));
    }

    /** A lot that is nobody's yet. */
    public double next() {
        last += GOLDEN;
        return fraction(last);
    }

    private static double fraction(long bits) {
        return (bits >>> 11) * 0x1.0p-53;
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood, 2014). */
    private static long mixed(long bits) {
        long mixing = (bits ^ (bits >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        mixing = (mixing ^ (mixing >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return mixing ^ (mixing >>> 31);
    }
}
