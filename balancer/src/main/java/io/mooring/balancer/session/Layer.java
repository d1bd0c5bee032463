package io.mooring.balancer.session;

/** What traffic a scope decides for. */
public enum Layer {
    /** HTTP and HTTPS, request by request. */
    HTTP,
    /** TCP, TLS and UDP, connection by connection or flow by flow. */
    L4
}
