package io.mooring.health;

import io.mooring.balancer.topology.ProbeSpec;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.SslHandler;

/** The connection of one call of {@code grpc.health.v1.Health/Check} over HTTP/2, made without a library of gRPC. */
final class GrpcExchange extends ProbeExchange {

    private static final String HTTP_2 = "h2";

    private final ProbeSpec.Grpc spec;
    private final String authority;
    private final String userAgent;

    GrpcExchange(ProbeSpec.Grpc spec, String authority, String userAgent, ProbeAttempt attempt) {
        super(attempt);
        this.spec = spec;
        this.authority = authority;
        this.userAgent = userAgent;
    }

    @Override
    void ready(ChannelHandlerContext ctx) {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (tls != null && !HTTP_2.equals(tls.engine().getApplicationProtocol())) {
            attempt().bad("it does not speak HTTP/2");
            return;
        }
        GrpcCall call = new GrpcCall(spec.service(), tls == null ? "http" : "https", authority, userAgent, attempt());
        attempt()
                .needs(new Http2StreamChannelBootstrap(ctx.channel())
                        .handler(call)
                        .open());
    }

    @Override
    void received(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Http2GoAwayFrame frame) {
            attempt().bad("it went away: error " + frame.errorCode());
        }
    }
}
