package io.mooring.balancer.selection;

import io.mooring.balancer.upstream.Member;
import java.util.List;

/**
 * One round of smooth weighted round robin, in which each member has as many places as its weight,
 * divided by the weights' greatest common divisor, and its places lie apart.
 *
 * <p>Each place goes to the member with the largest credit, the first of equals; then every credit
 * grows by its member's weight and the winner's shrinks by their sum. After the sum of the weights
 * all credits are zero again, so the round repeats and can be laid out beforehand. The method is
 * the one that nginx applies at each pick.
 */
final class SmoothSchedule {

    private SmoothSchedule() {}

    /** The round over these members, all of positive weight; empty when there are none. */
    static Member[] of(List<Member> members) {
        int divisor = 0;
        int total = 0;
        for (Member member : members) {
            divisor = greatestCommonDivisor(member.weight(), divisor);
            total += member.weight();
        }
        if (total == 0) {
            return new Member[0];
        }
        int[] weights = new int[members.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = members.get(i).weight() / divisor;
        }
        Member[] round = new Member[total / divisor];
        int[] credits = new int[weights.length];
        for (int place = 0; place < round.length; place++) {
            int winner = 0;
            for (int i = 0; i < credits.length; i++) {
                credits[i] += weights[i];
                if (credits[i] > credits[winner]) {
                    winner = i;
                }
            }
            credits[winner] -= round.length;
            round[place] = members.get(winner);
        }
        return round;
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }
}
