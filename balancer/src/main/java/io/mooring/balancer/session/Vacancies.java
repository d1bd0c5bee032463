package io.mooring.balancer.session;

import io.mooring.balancer.source.SourceTable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Since when nothing is bound to the numbers that stand for no member. Not safe for concurrent use.
 *
 * <p>A number is vacant once this was so for a whole idle timeout: a decision that was made by an older numbering has
 * long been remembered by then.
 */
final class Vacancies {

    private final SourceTable table;
    private final Map<Integer, Long> since = new HashMap<>();

    Vacancies(SourceTable table) {
        this.table = table;
    }

    /** Looks at what is bound now. */
    void update(BackendBindings bindings, long now) {
        Set<Integer> empty = Arrays.stream(bindings.numbersWithoutMember())
                .filter(number -> table.liveSessions(number, now) == 0)
                .boxed()
                .collect(Collectors.toSet());
        since.keySet().retainAll(empty);
        empty.forEach(number -> since.putIfAbsent(number, now));
    }

    boolean isVacant(int number, long now, long quarantineNanos) {
        Long from = since.get(number);
        return from != null && now - from >= quarantineNanos;
    }
}
