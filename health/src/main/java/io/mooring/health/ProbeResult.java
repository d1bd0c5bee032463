package io.mooring.health;

/**
 * How a probe ended.
 *
 * @param good whether the backend can serve
 * @param words what it did, for an operator
 */
record ProbeResult(boolean good, String words) {

    private static final int MAX_WORDS = 120;

    ProbeResult {
        words = words.length() > MAX_WORDS ? words.substring(0, MAX_WORDS) : words;
        words = words.replaceAll("\\p{Cntrl}", " ");
    }

    static ProbeResult good(String words) {
        return new ProbeResult(true, words);
    }

    static ProbeResult bad(String words) {
        return new ProbeResult(false, words);
    }
}
