package io.mooring.config;

import io.mooring.balancer.text.PrintableLine;

/** Text from outside, made fit for one line of a terminal or a log. */
final class Printable {

    private static final int MAX_LENGTH = 400;

    private Printable() {}

    /** The text without control characters, cut if it is long. */
    static String of(String text) {
        return PrintableLine.of(text, MAX_LENGTH);
    }
}
