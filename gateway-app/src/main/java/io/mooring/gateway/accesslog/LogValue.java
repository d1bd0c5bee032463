package io.mooring.gateway.accesslog;

import java.time.Duration;
import java.util.Locale;

/**
 * How a value is written in a line: as it is if it is made of plain characters, otherwise in quotes, with
 * everything escaped that could end the quotes or the line. What a client sends can fill a value,
 * never forge a field or a line.
 */
public final class LogValue {

    private static final double NANOS_PER_MILLI = 1e6;

    private LogValue() {}

    /** The value, as it stands in a line. */
    public static String of(Object value) {
        if (value instanceof Duration duration) {
            return String.format(Locale.ROOT, "%.3f", duration.toNanos() / NANOS_PER_MILLI);
        }
        String text = value.toString();
        return isPlain(text) ? text : quoted(text);
    }

    private static boolean isPlain(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\');
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 8).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c >= 0x7f) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
