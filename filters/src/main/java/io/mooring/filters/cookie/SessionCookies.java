package io.mooring.filters.cookie;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The session cookies of a request, parted from the application's own.
 *
 * <p>It works on the header values as they came and never fails. What stays is not changed by a byte, whatever it
 * holds; a header without a session cookie is the same string as before. A cookie is what stands between semicolons
 * (RFC 6265, section 4.2); a semicolon within a value that is quoted as a whole does not end it, since some servers
 * would see it so, and cutting into such a value would change it for them.
 *
 * @param names what they are called
 * @param tokens the values of the session cookies, in their order, without quotes
 * @param rest the header values that stay; those that held nothing else are gone
 */
public record SessionCookies(List<String> names, List<String> tokens, List<String> rest) {

    /** Parts the cookies of this name from the rest, or gives null when there is none. */
    public static @Nullable SessionCookies part(List<String> headers, String name) {
        List<String> tokens = null;
        for (int i = 0; i < headers.size(); i++) {
            if (headers.get(i).contains(name)) {
                tokens = new ArrayList<>(1);
                break;
            }
        }
        if (tokens == null) {
            return null;
        }
        List<String> rest = new ArrayList<>(headers.size());
        for (String header : headers) {
            String kept = part(header, name, tokens);
            if (kept != null) {
                rest.add(kept);
            }
        }
        return tokens.isEmpty() ? null : new SessionCookies(List.of(name), tokens, rest);
    }

    /** These and others, which were parted from their rest. */
    public SessionCookies and(SessionCookies others) {
        return new SessionCookies(joined(names, others.names), joined(tokens, others.tokens), others.rest);
    }

    private static List<String> joined(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /** Adds the tokens of one header and gives what stays of it, or null if nothing does. */
    private static @Nullable String part(String header, String name, List<String> tokens) {
        int found = tokens.size();
        StringBuilder kept = new StringBuilder(header.length());
        boolean leading = true;
        boolean empty = true;
        for (int from = 0; from <= header.length(); ) {
            int end = end(header, from);
            String value = value(header, from, end, name);
            if (value != null) {
                tokens.add(value);
            } else {
                if (!leading) {
                    kept.append(';');
                }
                // What followed a session cookie at the head of the line is now the head itself.
                int start = leading && from > 0 ? skipBlanks(header, from, end) : from;
                kept.append(header, start, end);
                leading = false;
                empty &= skipBlanks(header, from, end) == end;
            }
            from = end + 1;
        }
        if (tokens.size() == found) {
            return header;
        }
        return empty ? null : kept.toString();
    }

    /** The value of the cookie between two places if it has this name, else null. */
    private static @Nullable String value(String header, int from, int end, String name) {
        int start = skipBlanks(header, from, end);
        int equals = skipBlanks(header, Math.min(start + name.length(), end), end);
        if (equals == end || header.charAt(equals) != '=' || !header.startsWith(name, start)) {
            return null;
        }
        String value = header.substring(equals + 1, end).strip();
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    /** Where the cookie that begins here ends: at its semicolon or at the end of the header. */
    private static int end(String header, int from) {
        int semicolon = header.indexOf(';', from);
        if (semicolon < 0) {
            return header.length();
        }
        int equals = header.indexOf('=', from);
        if (equals < 0 || equals > semicolon) {
            return semicolon;
        }
        int quote = skipBlanks(header, equals + 1, semicolon);
        return header.charAt(quote) == '"' ? endOfQuoted(header, quote, semicolon) : semicolon;
    }

    private static int endOfQuoted(String header, int quote, int otherwise) {
        for (int i = quote + 1; i < header.length(); i++) {
            char c = header.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                int after = skipBlanks(header, i + 1, header.length());
                return after == header.length() || header.charAt(after) == ';' ? after : otherwise;
            }
        }
        return otherwise;
    }

    private static int skipBlanks(String header, int from, int end) {
        int i = from;
        while (i < end && (header.charAt(i) == ' ' || header.charAt(i) == '\t')) {
            i++;
        }
        return i;
    }
}
