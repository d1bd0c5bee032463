package io.mooring.health;

/**
 * How a probe ended.
 *
 * @param verdict what it says of the backend
 * @param words what the backend did, for an operator
 */
record ProbeResult(Verdict verdict, String words) {

    /** Whether a backend can serve. */
    enum Verdict {
        GOOD,
        BAD,
        /** The gateway was short of what it takes to ask. */
        UNKNOWN
    }

    private static final int MAX_WORDS = 120;

    ProbeResult {
        words = words.length() > MAX_WORDS ? words.substring(0, MAX_WORDS) : words;
        words = words.replaceAll("\\p{Cntrl}", " ");
    }

    static ProbeResult good(String words) {
        return new ProbeResult(Verdict.GOOD, words);
    }

    static ProbeResult bad(String words) {
        return new ProbeResult(Verdict.BAD, words);
    }

    static ProbeResult unknown(String words) {
        return new ProbeResult(Verdict.UNKNOWN, words);
    }

    boolean good() {
        return verdict == Verdict.GOOD;
    }

    boolean unknown() {
        return verdict == Verdict.UNKNOWN;
    }
}
