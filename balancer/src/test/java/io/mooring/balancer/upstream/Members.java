package io.mooring.balancer.upstream;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Members written as {@code "a:5 b:1 c:10:draining"}: id, weight and, unless it is ready, state. */
public final class Members {

    private Members() {}

    public static List<Backend> backends(String text) {
        return members(text).stream().map(Member::backend).toList();
    }

    public static UpstreamSnapshot snapshot(String text) {
        return new UpstreamSnapshot("shop", members(text));
    }

    /** So many ready members of one weight, {@code b0} and up. */
    public static UpstreamSnapshot ofEqualWeight(int count) {
        return new UpstreamSnapshot(
                "shop",
                IntStream.range(0, count).mapToObj(i -> member("b" + i + ":10")).toList());
    }

    /** With a member that has this many tenths of its weight. */
    public static UpstreamSnapshot withShare(UpstreamSnapshot snapshot, String id, int share) {
        return new UpstreamSnapshot(
                snapshot.upstream(),
                snapshot.members().stream()
                        .map(m -> m.id().equals(id)
                                ? new Member(m.backend(), m.state(), m.activity(), share, false, false)
                                : m)
                        .toList());
    }

    private static List<Member> members(String text) {
        return Arrays.stream(text.split(" ", -1))
                .filter(word -> !word.isEmpty())
                .map(Members::member)
                .toList();
    }

    private static Member member(String word) {
        String[] parts = word.split(":", -1);
        Backend backend = new Backend(parts[0], "127.0.0.1", 9_000, Integer.parseInt(parts[1]));
        BackendState state =
                parts.length < 3 ? BackendState.READY : BackendState.valueOf(parts[2].toUpperCase(Locale.ROOT));
        return new Member(backend, state, new BackendActivity());
    }
}
