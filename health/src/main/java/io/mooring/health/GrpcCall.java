package io.mooring.health;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;

/** The stream of one call: sends the request, and judges the answer when it has a status of gRPC. */
final class GrpcCall extends ChannelInboundHandlerAdapter {

    private static final String PATH = "/grpc.health.v1.Health/Check";

    private final String service;
    private final String scheme;
    private final String authority;
    private final String userAgent;
    private final ProbeAttempt attempt;
    private final ByteArrayOutputStream answer = new ByteArrayOutputStream();

    GrpcCall(String service, String scheme, String authority, String userAgent, ProbeAttempt attempt) {
        this.service = service;
        this.scheme = scheme;
        this.authority = authority;
        this.userAgent = userAgent;
        this.attempt = attempt;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        Http2Headers headers = new DefaultHttp2Headers()
                .method("POST")
                .scheme(scheme)
                .authority(authority)
                .path(PATH)
                .set("content-type", "application/grpc")
                .set("te", "trailers")
                .set("user-agent", userAgent);
        attempt.needs(ctx.write(new DefaultHttp2HeadersFrame(headers, false)));
        ByteBuf request = Unpooled.wrappedBuffer(GrpcHealth.request(service));
        attempt.needs(ctx.writeAndFlush(new DefaultHttp2DataFrame(request, true)));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof Http2HeadersFrame frame) {
                head(frame.headers(), frame.isEndStream());
            } else if (message instanceof Http2DataFrame frame) {
                data(frame.content(), frame.isEndStream());
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame frame) {
            attempt.bad("it reset the stream: error " + frame.errorCode());
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        attempt.bad("it closed the stream");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        attempt.failed(cause);
    }

    private void head(Http2Headers headers, boolean last) {
        CharSequence status = headers.status();
        CharSequence grpcStatus = headers.get("grpc-status");
        if (status != null && !"200".contentEquals(status)) {
            attempt.bad("status " + status);
        } else if (grpcStatus != null && !"0".contentEquals(grpcStatus)) {
            attempt.bad("gRPC status " + grpcStatus);
        } else if (last && grpcStatus == null) {
            attempt.bad("it ended without a gRPC status");
        } else if (last) {
            judge();
        }
    }

    private void data(ByteBuf content, boolean last) {
        if (last) {
            attempt.bad("it ended without a gRPC status");
        } else if (answer.size() + content.readableBytes() > GrpcHealth.MAX_ANSWER) {
            attempt.bad("its answer is too long");
        } else {
            answer.writeBytes(ByteBufUtil.getBytes(content));
        }
    }

    private void judge() {
        String status = GrpcHealth.status(answer.toByteArray());
        if (status.equals(GrpcHealth.SERVING)) {
            attempt.good(status);
        } else {
            attempt.bad(status);
        }
    }
}
