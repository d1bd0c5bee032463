package io.mooring.gateway.endtoend;

/** The configuration of a gateway with a route for all paths to one upstream, and a TCP listener to another. */
final class ShopAndEcho {

    private ShopAndEcho() {}

    /** Nobody is kept; the listener is called {@code echo}. */
    static String balanced(HttpBackends shop, EchoBackends echo, int tcp) {
        return yaml(shop, echo, "none", "echo", tcp, "none");
    }

    /** Clients are kept by a cookie and by their address; the listener is called {@code kept}. */
    static String kept(HttpBackends shop, EchoBackends echo, int tcp) {
        return yaml(shop, echo, "cookie", "kept", tcp, "source-ip");
    }

    private static String yaml(
            HttpBackends shop, EchoBackends echo, String byHttp, String listener, int tcp, String byTcp) {
        return """
                mooring:
                  upstreams:
                    shop: { backends: %s, persistence: { type: %s } }
                    echo: { backends: %s }
                  listeners:
                    %s: { protocol: tcp, address: 127.0.0.1, port: %d, upstream: echo, persistence: { type: %s } }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }
                """.formatted(shop.yaml(), byHttp, echo.yaml(), listener, tcp, byTcp);
    }
}
