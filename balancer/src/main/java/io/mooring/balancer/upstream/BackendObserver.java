package io.mooring.balancer.upstream;

/**
 * Is told what traffic shows of the backends of an {@link Upstream}: the eyes of passive health detection.
 *
 * <p>Called on event loops, by several threads at once, and for every connection: it must not block, and must be cheap
 * where nothing is wrong. What it throws would end the connection, so it is to throw nothing.
 */
@FunctionalInterface
public interface BackendObserver {

    /** An observer that does not look. */
    BackendObserver NONE = (backendId, signal) -> {};

    /** A backend has shown something of its condition. */
    void observed(String backendId, BackendSignal signal);
}
