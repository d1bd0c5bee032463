package io.mooring.l4;

import io.mooring.balancer.session.Decision;
import org.jspecify.annotations.Nullable;

/** A connection or flow that is open, or was. Confined to the event loop that it lives on. */
interface Relay {

    /** What it was given its backend by, or null if it has none yet, or is over. */
    @Nullable
    Decision serving();

    /** When its client came. */
    long began();

    /** Breaks it off, so that its client comes again. */
    void reschedule();
}
