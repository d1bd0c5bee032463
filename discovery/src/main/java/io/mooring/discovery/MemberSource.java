package io.mooring.discovery;

import reactor.core.publisher.Mono;

/**
 * Who knows the members of an upstream. It is asked one question at a time, and whoever made it closes it.
 */
interface MemberSource extends AutoCloseable {

    /**
     * Asks when it is subscribed to, without blocking the subscriber.
     *
     * @return one answer, or why there is none, on any thread
     */
    Mono<Answer> ask();

    /** Lets go of what it has open. A question that is still under way may stay without an answer. */
    @Override
    default void close() {}
}
