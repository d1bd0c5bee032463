package io.mooring.balancer.session;

import java.util.concurrent.TimeUnit;

/** Of more sessions than there is room for, those that were used last, by the second. */
final class AgeCutoff {

    private final int[] bySecond;
    private final int room;
    private int lastSecond = -1;
    private int roomInLast;

    /**
     * No session yet.
     *
     * @param idleMillis what no session's idle time reaches
     * @param room how many are wanted
     */
    AgeCutoff(long idleMillis, int room) {
        this.bySecond = new int[(int) TimeUnit.MILLISECONDS.toSeconds(idleMillis) + 1];
        this.room = room;
    }

    /** Counts a session. */
    void add(long idleMillis) {
        bySecond[second(idleMillis)]++;
    }

    /** Ends the counting. */
    void settle() {
        int left = room;
        for (int second = 0; second < bySecond.length; second++) {
            lastSecond = second;
            roomInLast = left;
            left -= bySecond[second];
            if (left < 0) {
                return;
            }
        }
        roomInLast = Integer.MAX_VALUE;
    }

    /** Whether there is room for a session that was counted; to be asked once for each. */
    boolean admits(long idleMillis) {
        int second = second(idleMillis);
        return second < lastSecond || (second == lastSecond && roomInLast-- > 0);
    }

    private static int second(long idleMillis) {
        return (int) TimeUnit.MILLISECONDS.toSeconds(idleMillis);
    }
}
