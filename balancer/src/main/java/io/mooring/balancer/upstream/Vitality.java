package io.mooring.balancer.upstream;

/** What the health checks say of a backend. */
public enum Vitality {
    /** Nothing: it is not checked, and taken to be able to serve. */
    UNCHECKED,
    /** Nothing yet. */
    PROBING,
    /** That it can serve. */
    UP,
    /** That it cannot. */
    DOWN
}
