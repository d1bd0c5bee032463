package io.mooring.balancer.session;

import io.mooring.balancer.upstream.Member;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which number stands for which backend in a source table. Immutable.
 *
 * <p>A backend that goes away keeps its number, so that its sessions are still its own when it
 * comes back. A number whose sessions were revoked stands for no backend. Either is given to another backend only once
 * it is vacant: nothing is bound to it any more. So there are no more numbers than backends and sessions.
 */
final class BackendBindings {

    /** Stands for no backend: the session has been ended. */
    static final int REVOKED = 0;

    static final BackendBindings NONE = new BackendBindings(Map.of(), List.of(), 1);

    private final Map<String, Integer> numbers;
    private final List<Member> members;
    private final @Nullable Member[] memberByNumber;
    private final @Nullable String[] idByNumber;

    private BackendBindings(Map<String, Integer> numbers, List<Member> members, int size) {
        this.numbers = Map.copyOf(numbers);
        this.members = members;
        this.memberByNumber = new @Nullable Member[size];
        this.idByNumber = new @Nullable String[size];
        this.numbers.forEach((id, number) -> idByNumber[number] = id);
        members.forEach(member -> memberByNumber[of(member.id())] = member);
    }

    /**
     * With these members instead.
     *
     * @param vacant whether a number may be given to another backend
     */
    BackendBindings with(List<Member> next, IntPredicate vacant) {
        Set<String> ids = next.stream().map(Member::id).collect(Collectors.toSet());
        BackendNumbering numbering = numbering(vacant);
        numbering.retain(ids);
        numbering.number(ids);
        return new BackendBindings(numbering.numbers(), next, numbering.size());
    }

    /** With numbers for these backends, too, members or not. */
    BackendBindings withKnown(Set<String> ids, IntPredicate vacant) {
        BackendNumbering numbering = numbering(vacant);
        numbering.number(ids);
        return new BackendBindings(numbering.numbers(), members, numbering.size());
    }

    /** With another number for the backend, so that what was bound to it is revoked. */
    BackendBindings without(String backendId, IntPredicate vacant) {
        if (!numbers.containsKey(backendId)) {
            return this;
        }
        BackendNumbering numbering = numbering(vacant);
        numbering.revoke(backendId);
        numbering.number(Set.of(backendId));
        return new BackendBindings(numbering.numbers(), members, numbering.size());
    }

    /** One more than the largest number. */
    int size() {
        return idByNumber.length;
    }

    /** The ids that have a number. */
    Set<String> ids() {
        return numbers.keySet();
    }

    /** The numbers that stand for no member now, whether or not for a backend. */
    int[] numbersWithoutMember() {
        return IntStream.range(REVOKED + 1, memberByNumber.length)
                .filter(number -> memberByNumber[number] == null)
                .toArray();
    }

    /** The backend's number; {@link #REVOKED} for an unknown one. */
    int of(String backendId) {
        return numbers.getOrDefault(backendId, REVOKED);
    }

    /** The backend that the number stands for, or null if it was revoked. */
    @Nullable
    String id(int number) {
        return number < idByNumber.length ? idByNumber[number] : null;
    }

    /** The member that the number stands for, or null if it is gone or revoked. */
    @Nullable
    Member member(int number) {
        return number < memberByNumber.length ? memberByNumber[number] : null;
    }

    /** Whether what is bound to the number was ended by an operator. */
    boolean isRevoked(int number) {
        return number < idByNumber.length && idByNumber[number] == null;
    }

    private BackendNumbering numbering(IntPredicate vacant) {
        return new BackendNumbering(numbers, idByNumber.length, vacant);
    }
}
