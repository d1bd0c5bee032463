package io.mooring.discovery;

import java.util.Locale;

/** What became of a question. */
public enum AnswerKind {
    /** There was an answer, and it counts. */
    GOOD,
    /** There was one without members, which was taken for an outage. */
    EMPTY,
    /** There was none. */
    FAILED;

    /** As metrics have it. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
