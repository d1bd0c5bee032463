package io.mooring.gateway.accesslog;

import org.jspecify.annotations.Nullable;

/** Is told of each HTTP request that is over, on an event loop; it must not block. */
@FunctionalInterface
public interface RequestRecorder {

    /**
     * Takes note of a request.
     *
     * @param route the id of its route, or null if it has none
     * @param status what the client was told, or null if it left before it was told anything
     * @param nanos how long it took, in nanoseconds
     */
    void record(@Nullable String route, @Nullable Integer status, long nanos);
}
