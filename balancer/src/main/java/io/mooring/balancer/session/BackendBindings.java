package io.mooring.balancer.session;

import io.mooring.balancer.upstream.Member;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which number stands for which backend in a source table. Immutable.
 *
 * <p>A backend that goes away keeps its number, so that its sessions are still its own when it
 * comes back. A number is never given to another backend; one whose sessions were revoked is given
 * to none. So there are as many numbers as backends that were ever there and revocations of them.
 */
final class BackendBindings {

    /** Stands for no backend: the session has been ended. */
    static final int REVOKED = 0;

    static final BackendBindings NONE = new BackendBindings(Map.of(), List.of(), 1);

    private final Map<String, Integer> numbers;
    private final List<Member> members;
    private final @Nullable Member[] memberByNumber;
    private final boolean[] current;

    private BackendBindings(Map<String, Integer> numbers, List<Member> members, int size) {
        this.numbers = Map.copyOf(numbers);
        this.members = members;
        this.memberByNumber = new @Nullable Member[size];
        this.current = new boolean[size];
        this.numbers.values().forEach(number -> current[number] = true);
        members.forEach(member -> memberByNumber[of(member.id())] = member);
    }

    /** With these members instead. */
    BackendBindings with(List<Member> next) {
        Map<String, Integer> all = new HashMap<>(numbers);
        int size = current.length;
        for (Member member : next) {
            if (all.putIfAbsent(member.id(), size) == null) {
                size++;
            }
        }
        return new BackendBindings(all, next, size);
    }

    /** With a fresh number for the backend, so that what was bound to it is revoked. */
    BackendBindings without(String backendId) {
        if (!numbers.containsKey(backendId)) {
            return this;
        }
        Map<String, Integer> all = new HashMap<>(numbers);
        all.put(backendId, current.length);
        return new BackendBindings(all, members, current.length + 1);
    }

    /** The ids that have a number. */
    Set<String> ids() {
        return numbers.keySet().stream().collect(Collectors.toUnmodifiableSet());
    }

    /** The backend's number; {@link #REVOKED} for an unknown one. */
    int of(String backendId) {
        return numbers.getOrDefault(backendId, REVOKED);
    }

    /** The member that the number stands for, or null if it is gone or revoked. */
    @Nullable
    Member member(int number) {
        return number < memberByNumber.length ? memberByNumber[number] : null;
    }

    /** Whether what is bound to the number was ended by an operator. */
    boolean isRevoked(int number) {
        return number < current.length && !current[number];
    }
}
