package io.mooring.health;

import io.mooring.balancer.upstream.Vitality;
import org.jspecify.annotations.Nullable;

/**
 * Counts a backend's results in a row. If nothing was known of it, one result says it all until its first success;
 * else, and after that, it takes as many as rise and fall say.
 */
final class CheckRun {

    private final int rise;
    private final int fall;
    private Vitality vitality;
    private boolean proven;
    private int run;
    private boolean runOfGood;

    /**
     * No result yet.
     *
     * @param known what is thought of the backend
     */
    CheckRun(int rise, int fall, Vitality known) {
        this.rise = rise;
        this.fall = fall;
        this.vitality = known;
        this.proven = known == Vitality.UP || known == Vitality.DOWN;
    }

    /** Counts a result; null unless it changes what is thought of the backend. */
    @Nullable
    Finding count(ProbeResult result) {
        run = runOfGood == result.good() ? run + 1 : 1;
        runOfGood = result.good();
        int needed = !proven ? 1 : runOfGood ? rise : fall;
        Vitality told = runOfGood ? Vitality.UP : Vitality.DOWN;
        proven = proven || runOfGood;
        if (vitality == told || run < needed) {
            return null;
        }
        vitality = told;
        String checks = needed == 1 ? "the first check" : needed + " checks";
        return new Finding(told, checks + (runOfGood ? " succeeded: " : " failed: ") + result.words());
    }

    /**
     * What a run has shown.
     *
     * @param vitality whether the backend can serve
     * @param reason why that is thought
     */
    record Finding(Vitality vitality, String reason) {}
}
