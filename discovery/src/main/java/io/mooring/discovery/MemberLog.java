package io.mooring.discovery;

import io.mooring.balancer.upstream.Backend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says of an upstream which members were found, and when they cannot be asked for: each thing once, when it begins.
 *
 * <p>Confined to one thread.
 */
final class MemberLog {

    private static final Logger LOG = LoggerFactory.getLogger(MemberLog.class);
    private static final int MAX_NAMES = 10;
    private static final int MAX_COMPLAINTS = 10;

    private final String upstream;
    private Set<String> complaints = Set.of();
    private boolean outage;

    MemberLog(String upstream) {
        this.upstream = upstream;
    }

    /** Says what is wrong with an answer, if that was not so of the last one. */
    void complain(List<String> of) {
        of.stream()
                .filter(complaint -> !complaints.contains(complaint))
                .limit(MAX_COMPLAINTS)
                .forEach(complaint -> LOG.warn("upstream {}: {}", upstream, complaint));
        complaints = new HashSet<>(of);
    }

    /** Says that there is no answer, unless that was so before. */
    void lost(String source, String reason, int known) {
        if (!outage) {
            outage = true;
            LOG.warn(
                    "upstream {}: {}: {}: {}",
                    upstream,
                    source,
                    PlainText.line(reason),
                    known == 0 ? "no member is known" : "the members known stay, " + known);
        }
    }

    /** Says that there is an answer, if there was none before. */
    void answered(String source, Duration after) {
        if (outage) {
            outage = false;
            LOG.info("upstream {}: {} answers again, after {} s", upstream, source, after.toSeconds());
        }
    }

    /** Says which members came, went and have changed. */
    void changed(List<Backend> before, List<Backend> after) {
        Map<String, Backend> old = byId(before);
        Map<String, Backend> now = byId(after);
        List<String> parts = new ArrayList<>();
        add(
                parts,
                "new",
                after.stream().filter(member -> !old.containsKey(member.id())).toList());
        add(
                parts,
                "changed",
                after.stream()
                        .filter(member -> old.containsKey(member.id()) && !member.equals(old.get(member.id())))
                        .toList());
        add(
                parts,
                "gone",
                before.stream().filter(member -> !now.containsKey(member.id())).toList());
        LOG.info("upstream {}: members found: {}: {}", upstream, after.size(), String.join("; ", parts));
    }

    private static void add(List<String> parts, String what, List<Backend> members) {
        if (!members.isEmpty()) {
            String names = members.stream()
                    .limit(MAX_NAMES)
                    .map(member -> member.id() + " at " + member.address())
                    .collect(Collectors.joining(", "));
            int more = members.size() - MAX_NAMES;
            parts.add(what + " " + names + (more > 0 ? " and " + more + " more" : ""));
        }
    }

    private static Map<String, Backend> byId(List<Backend> members) {
        return members.stream().collect(Collectors.toMap(Backend::id, Function.identity()));
    }
}
