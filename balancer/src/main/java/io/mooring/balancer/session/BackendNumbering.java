package io.mooring.balancer.session;

import io.mooring.balancer.source.SourceTable;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The numbers of backends while they are given and taken away. Not safe for concurrent use. */
final class BackendNumbering {

    private final Map<String, Integer> numbers;
    private final IntPredicate vacant;
    private int size;

    /**
     * Numbers to start from.
     *
     * @param size one more than the largest number ever given
     * @param vacant whether nothing is bound to a number, and nothing was for long enough that nobody has it in mind
     */
    BackendNumbering(Map<String, Integer> numbers, int size, IntPredicate vacant) {
        this.numbers = new HashMap<>(numbers);
        this.size = size;
        this.vacant = vacant;
    }

    /** Takes the vacant numbers of all other backends away. */
    void retain(Set<String> ids) {
        numbers.entrySet().removeIf(entry -> !ids.contains(entry.getKey()) && vacant.test(entry.getValue()));
    }

    /** Gives each backend a number that has none. */
    void number(Set<String> ids) {
        Set<String> newcomers =
                ids.stream().filter(id -> !numbers.containsKey(id)).collect(Collectors.toSet());
        Set<Integer> taken = Set.copyOf(numbers.values());
        int[] free = IntStream.range(BackendBindings.REVOKED + 1, newcomers.isEmpty() ? 0 : size)
                .filter(number -> !taken.contains(number) && vacant.test(number))
                .limit(newcomers.size())
                .toArray();
        int next = 0;
        for (String id : newcomers) {
            numbers.put(id, next < free.length ? free[next++] : grow());
        }
    }

    /** Takes a backend's number away, vacant or not. */
    void revoke(String id) {
        numbers.remove(id);
    }

    Map<String, Integer> numbers() {
        return numbers;
    }

    int size() {
        return size;
    }

    private int grow() {
        if (size > SourceTable.MAX_BINDING) {
            throw new IllegalStateException("backends: more than " + SourceTable.MAX_BINDING + " have sessions");
        }
        return size++;
    }
}
