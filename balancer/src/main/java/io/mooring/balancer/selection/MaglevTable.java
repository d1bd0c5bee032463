package io.mooring.balancer.selection;

import io.mooring.balancer.upstream.Member;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.List;

/**
 * The lookup table of Maglev hashing (Eisenbud et al., NSDI 2016, section 3.4), with weights.
 *
 * <p>Each member prefers the places of the table in an order of its own, a permutation drawn from
 * its id. Members take turns to claim their most preferred free place until none is free; a member
 * of weight w has w turns while the heaviest has its full share of one a round. Turns go by id, so
 * gateways that list the backends in different orders agree.
 */
final class MaglevTable {

    /** A prime, as the permutations need, far above a hundred times the members one expects. */
    static final int SIZE = 65_537;

    private MaglevTable() {}

    /** The table over these members, all of positive weight; empty when there are none. */
    static Member[] of(List<Member> members) {
        if (members.isEmpty()) {
            return new Member[0];
        }
        List<Turn> turns = members.stream()
                .sorted(Comparator.comparing(Member::id))
                .map(Turn::new)
                .toList();
        long heaviest = turns.stream().mapToLong(turn -> turn.weight).max().orElseThrow();
        Member[] table = new Member[SIZE];
        int claimed = 0;
        for (long round = 1; claimed < SIZE; round++) {
            for (Turn turn : turns) {
                if (claimed < SIZE && round * turn.weight >= turn.due) {
                    turn.due += heaviest;
                    turn.claim(table);
                    claimed++;
                }
            }
        }
        return table;
    }

    /** One member's way through its permutation. */
    private static final class Turn {
        private final Member member;
        private final long weight;
        private final long skip;
        private long place;
        private long due;

        Turn(Member member) {
            ByteBuffer hash = ByteBuffer.wrap(sha256(member.id()));
            this.member = member;
            this.weight = member.backend().weight();
            this.place = Long.remainderUnsigned(hash.getLong(), SIZE);
            this.skip = Long.remainderUnsigned(hash.getLong(), SIZE - 1) + 1;
        }

        void claim(Member[] table) {
            while (table[(int) place] != null) {
                place = (place + skip) % SIZE;
            }
            table[(int) place] = member;
        }
    }

    private static byte[] sha256(String id) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
