package io.mooring.filters.cookie;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a response that carries a session cookie out of caches that serve more than one client (RFC 9111, section
 * 5.2.2).
 */
public final class CacheControl {

    private CacheControl() {}

    /**
     * What the header is to say instead, or null if no shared cache may store the response as it is.
     *
     * <p>{@code public} and {@code s-maxage} go, since they speak to shared caches only; {@code private} comes. The
     * qualified form {@code private="a-field"} speaks of that field only, so it does not do. All else stays, for the
     * browser's own cache.
     *
     * @param values the values of the header as it is, none if there is none
     */
    public static @Nullable String keepPrivate(List<String> values) {
        if (values.isEmpty()) {
            return "private";
        }
        List<String> directives = directives(values);
        List<String> kept = new ArrayList<>(directives.size() + 1);
        for (String directive : directives) {
            String lower = directive.toLowerCase(Locale.ROOT);
            if (lower.equals("private") || lower.equals("no-store")) {
                return null;
            }
            if (!lower.equals("public") && !lower.startsWith("s-maxage")) {
                kept.add(directive);
            }
        }
        kept.add("private");
        return String.join(", ", kept);
    }

    private static List<String> directives(List<String> values) {
        List<String> directives = new ArrayList<>();
        for (String value : values) {
            int start = 0;
            boolean quoted = false;
            for (int i = 0; i <= value.length(); i++) {
                boolean end = i == value.length();
                if (!end && value.charAt(i) == '"') {
                    quoted = !quoted;
                }
                if (end || (value.charAt(i) == ',' && !quoted)) {
                    String directive = value.substring(start, i).strip();
                    if (!directive.isEmpty()) {
                        directives.add(directive);
                    }
                    start = i + 1;
                }
            }
        }
        return directives;
    }
}
