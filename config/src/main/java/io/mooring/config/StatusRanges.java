package io.mooring.config;

import io.mooring.balancer.topology.ProbeSpec.StatusRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Statuses of HTTP as the configuration writes them: {@code 200-299,304}. */
final class StatusRanges {

    private static final Pattern RANGE = Pattern.compile("([1-5][0-9]{2})(?:-([1-5][0-9]{2}))?");

    private StatusRanges() {}

    /** The ranges that a text is, empty if it is none. */
    static Optional<List<StatusRange>> parse(String text) {
        List<StatusRange> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher range = RANGE.matcher(part.strip());
            if (!range.matches()) {
                return Optional.empty();
            }
            int from = Integer.parseInt(range.group(1));
            int to = range.group(2) == null ? from : Integer.parseInt(range.group(2));
            if (from > to) {
                return Optional.empty();
            }
            ranges.add(new StatusRange(from, to));
        }
        return Optional.of(ranges);
    }
}
