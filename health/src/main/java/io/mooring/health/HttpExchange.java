package io.mooring.health;

import io.mooring.balancer.topology.ProbeSpec;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** One request and the head of its response, and if a text is expected, what it takes of the body to find it. */
final class HttpExchange extends ProbeExchange {

    private static final int MAX_BODY = 64 * 1024;

    private final ProbeSpec.Http spec;
    private final String host;
    private final String userAgent;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status;

    HttpExchange(ProbeSpec.Http spec, String host, String userAgent, ProbeAttempt attempt) {
        super(attempt);
        this.spec = spec;
        this.host = host;
        this.userAgent = userAgent;
    }

    @Override
    void ready(ChannelHandlerContext ctx) {
        FullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.valueOf(spec.method()), spec.path(), Unpooled.EMPTY_BUFFER);
        request.headers()
                .set(HttpHeaderNames.HOST, host)
                .set(HttpHeaderNames.USER_AGENT, userAgent)
                .set(HttpHeaderNames.ACCEPT, "*/*")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        attempt().needs(ctx.writeAndFlush(request));
    }

    @Override
    void received(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
            attempt().bad("its answer is not HTTP");
            return;
        }
        if (message instanceof HttpResponse head) {
            judge(head);
        }
        if (message instanceof HttpContent content && status != 0) {
            search(content);
        }
    }

    private void judge(HttpResponse head) {
        if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            return;
        }
        status = head.status().code();
        if (spec.expected().stream().noneMatch(range -> range.contains(status))) {
            attempt().bad("status " + status);
        } else if (spec.text() == null) {
            attempt().good("status " + status);
        }
    }

    private void search(HttpContent content) {
        String text = spec.text();
        if (text == null) {
            return;
        }
        byte[] part = new byte[Math.min(content.content().readableBytes(), MAX_BODY - body.size())];
        content.content().readBytes(part);
        body.writeBytes(part);
        if (body.toString(StandardCharsets.UTF_8).contains(text)) {
            attempt().good("status " + status + " and the text");
        } else if (content instanceof LastHttpContent || body.size() >= MAX_BODY) {
            attempt().bad("status " + status + " without the text");
        }
    }
}
