package io.mooring.balancer.session;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A live session that a scope remembers, as an operator sees it at one moment.
 *
 * @param client whose: an address or network as text, with its ports if it has but some of them
 * @param backendId which backend it is bound to; that backend need not be there any more
 * @param began when it began, by the wall clock of now
 * @param idle for how long nothing came; zero while something is open
 * @param left for how much longer it lasts if nothing comes; null if something is open and there is no absolute timeout
 * @param open how many connections and requests hold it open
 */
public record RememberedSession(
        String client,
        String backendId,
        Instant began,
        Duration idle,
        @Nullable Duration left,
        int open) {}
