package io.mooring.config;

/** Text from outside, made fit for one line of a terminal or a log. */
final class Printable {

    private static final int MAX_LENGTH = 400;

    private Printable() {}

    /** The text without control characters, cut if it is long. */
    static String of(String text) {
        StringBuilder printable = new StringBuilder(Math.min(text.length(), MAX_LENGTH));
        text.codePoints().limit(MAX_LENGTH).forEach(c -> append(printable, c));
        if (text.codePointCount(0, text.length()) > MAX_LENGTH) {
            printable.append("...");
        }
        return printable.toString();
    }

    private static void append(StringBuilder printable, int c) {
        switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> printable.append(String.format("\\u%04x", c));
            default -> printable.appendCodePoint(c);
        }
    }
}
