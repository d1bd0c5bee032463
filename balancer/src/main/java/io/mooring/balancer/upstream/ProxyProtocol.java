package io.mooring.balancer.upstream;

/** The versions of HAProxy's PROXY protocol, in which a backend is told who its client is. */
public enum ProxyProtocol {
    /** A line of text. */
    V1,
    /** A binary header. */
    V2
}
