package io.mooring.loadtest.clients.cli;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pairs of a name and a value.
 *
 * <p>Immutable. Every method that reads a value throws {@link IllegalArgumentException}, whose message is for the one
 * who typed it.
 */
public final class CommandLine {

    private static final Pattern NAME = Pattern.compile("(\\[)?(--[a-z-]+)");
    private static final Pattern WHOLE_NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");
    private static final Pattern HOST_AND_PORT = Pattern.compile("([^:/]+):([1-9][0-9]{0,4})");
    private static final int MAX_PORT = 65_535;

    private final Map<String, String> values;

    private CommandLine(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads what was typed.
     *
     * @param usage such as {@code --rate N [--cookie NAME=VALUE]}: every name there is, those in brackets may be
     *     left out
     */
    public static CommandLine parse(String usage, List<String> arguments) {
        Map<String, Boolean> names = new HashMap<>();
        Matcher named = NAME.matcher(usage);
        named.results().forEach(name -> names.put(name.group(2), isOptional(name)));
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < arguments.size(); i += 2) {
            String name = arguments.get(i);
            if (!names.containsKey(name) || i + 1 == arguments.size() || values.containsKey(name)) {
                throw wrong(name, "once, with a value, of " + usage);
            }
            values.put(name, arguments.get(i + 1));
        }
        names.forEach((name, optional) -> {
            if (!optional && !values.containsKey(name)) {
                throw wrong(name + ": missing", usage);
            }
        });
        return new CommandLine(values);
    }

    private static boolean isOptional(MatchResult name) {
        return name.group(1) != null;
    }

    private static IllegalArgumentException wrong(String what, String expected) {
        return new IllegalArgumentException(what + " (expected: " + expected + ")");
    }

    /** The value of a name that may be left out. */
    public Optional<String> find(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** The value of a name that is always there. */
    public String get(String name) {
        return find(name).orElseThrow(() -> new IllegalStateException(name + " may be left out"));
    }

    /** A whole number within bounds, both included. */
    public int number(String name, int least, int most) {
        String value = get(name);
        if (WHOLE_NUMBER.matcher(value).matches()) {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw wrong(
                name + ": " + value,
                most == Integer.MAX_VALUE
                        ? "a whole number from " + least
                        : "a whole number from " + least + " to " + most);
    }

    /** A whole number from 1. */
    public int positive(String name) {
        return number(name, 1, Integer.MAX_VALUE);
    }

    /** Whole seconds, at least so many. */
    public Duration seconds(String name, int least) {
        return Duration.ofSeconds(number(name, least, Integer.MAX_VALUE));
    }

    /** An address written as {@code HOST:PORT}. */
    public InetSocketAddress hostAndPort(String name) {
        Matcher value = HOST_AND_PORT.matcher(get(name));
        if (value.matches() && Integer.parseInt(value.group(2)) <= MAX_PORT) {
            return new InetSocketAddress(value.group(1), Integer.parseInt(value.group(2)));
        }
        throw wrong(name + ": " + get(name), "HOST:PORT");
    }
}
