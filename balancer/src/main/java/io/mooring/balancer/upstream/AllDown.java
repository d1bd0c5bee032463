package io.mooring.balancer.upstream;

/** What becomes of an upstream's traffic when none of its backends is ready. */
public enum AllDown {
    /** It goes to all that are not draining or in maintenance: the checks may be wrong. */
    TRY_ALL,
    /** It is refused. */
    REFUSE
}
