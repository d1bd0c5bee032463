package io.mooring.balancer.topology;

/**
 * The flows of a UDP listener.
 *
 * @param max how many are open at most; the longest silent gives way to a new one
 * @param responses how many answers each datagram of a client gets: a flow ends when they have all come. 0 if that
 *     cannot be told; it ends by its idle timeout then
 */
public record FlowSpec(int max, int responses) {

    /** The flows of a UDP listener that declares no bound. */
    public static final int DEFAULT_MAX = 10_000;

    /** What holds for a listener that declares nothing. */
    public static final FlowSpec DEFAULT = new FlowSpec(DEFAULT_MAX, 0);
}
