package io.mooring.balancer.text;

/** Makes text from outside fit for one line of a terminal or a log. */
public final class PrintableLine {

    private PrintableLine() {}

    /**
     * The text without control characters, which are escaped, and cut if it is long.
     *
     * @param longest how many characters of it are kept; dots behind them stand for the rest
     */
    public static String of(String text, int longest) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), longest));
        text.codePoints().limit(longest).forEach(c -> append(line, c));
        if (text.codePointCount(0, text.length()) > longest) {
            line.append("...");
        }
        return line.toString();
    }

    private static void append(StringBuilder line, int c) {
        switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> line.append(String.format("\\u%04x", c));
            default -> line.appendCodePoint(c);
        }
    }
}
