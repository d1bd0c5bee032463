package io.mooring.health;

/**
 * How a probe ended.
 *
 * @param verdict what it says of the backend
 * @param words what the backend did, or why it was not asked, for an operator
 */
record ProbeResult(ProbeVerdict verdict, String words) {

    private static final int MAX_WORDS = 120;

    ProbeResult {
        words = words.length() > MAX_WORDS ? words.substring(0, MAX_WORDS) : words;
        words = words.replaceAll("\\p{Cntrl}", " ");
    }

    static ProbeResult good(String words) {
        return new ProbeResult(ProbeVerdict.SUCCESS, words);
    }

    static ProbeResult bad(String words) {
        return new ProbeResult(ProbeVerdict.FAILURE, words);
    }

    static ProbeResult unknown(String words) {
        return new ProbeResult(ProbeVerdict.UNKNOWN, words);
    }

    boolean good() {
        return verdict == ProbeVerdict.SUCCESS;
    }

    boolean unknown() {
        return verdict == ProbeVerdict.UNKNOWN;
    }
}
