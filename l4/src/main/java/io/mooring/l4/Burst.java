package io.mooring.l4;

/**
 * How many datagrams to read from a socket in a row, guessed from how many there were: to ask for one that is not there
 * costs a system call, and to leave one that is there has its neighbours leave by a system call each.
 *
 * <p>When all that were guessed had come, there may have been more, and one more is asked for the next time; when fewer
 * had come, that is the new guess. A socket with one at a time is asked for a second now and then.
 */
final class Burst {

    private static final int MAX = 16;
    private static final int SINGLES_BEFORE_ASKING = 8;

    private int guess = 1;
    private int read;
    private int singles;

    void begin() {
        read = 0;
    }

    void read() {
        read++;
    }

    boolean mayGoOn() {
        return read < guess;
    }

    void end() {
        if (read < guess) {
            guess = Math.max(1, read);
            singles = 0;
        } else if (guess > 1 || ++singles >= SINGLES_BEFORE_ASKING) {
            guess = Math.min(MAX, guess + 1);
        }
    }
}
