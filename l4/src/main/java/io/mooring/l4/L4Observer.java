package io.mooring.l4;

/**
 * Is told of every finished TCP connection and UDP flow.
 *
 * <p>Called on event loops, by several threads at once, once for each connection or flow: it must not block, and work
 * that takes time belongs on a thread of its own. What it throws is logged and ends there.
 */
@FunctionalInterface
public interface L4Observer {

    /** An observer that does not look. */
    L4Observer NONE = record -> {};

    /** A connection or flow is over. */
    void ended(ConnectionRecord record);
}
