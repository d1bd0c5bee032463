package io.mooring.filters;

import io.mooring.balancer.upstream.BackendSignal;
import io.mooring.balancer.upstream.Member;
import io.mooring.filters.backend.BackendFailure;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.BindException;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.netty.http.client.HttpClientResponse;

/**
 * Says of a backend what an exchange has shown of it. What a client may have caused, by leaving, by not sending its
 * body or by a request that cannot be sent, is not held against the backend; nor is what the gateway itself is short
 * of.
 */
final class BackendSignals {

    private BackendSignals() {}

    /** A response's head has come, unless a filter of the route has answered in the backend's stead. */
    static void answered(ServerWebExchange exchange, Member member) {
        HttpClientResponse head = exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR);
        if (head != null) {
            int status = head.status().code();
            member.activity()
                    .report(502 <= status && status <= 504 ? BackendSignal.GATEWAY_ERROR : BackendSignal.ANSWERED);
        }
    }

    /** There was no head. */
    static void failed(ServerWebExchange exchange, ExchangeSession session, Member member, BackendFailure failure) {
        BackendSignal signal = signal(failure, session.isUploading());
        if (signal != null && !ClientConnection.isGone(exchange.getResponse())) {
            member.activity().report(signal);
        }
    }

    private static @Nullable BackendSignal signal(BackendFailure failure, boolean uploading) {
        Throwable cause = failure.getCause();
        return switch (failure.kind()) {
            case UNREACHABLE -> {
                if (cause instanceof BindException) {
                    yield null;
                }
                yield cause instanceof ConnectTimeoutException
                        ? BackendSignal.CONNECT_TIMED_OUT
                        : BackendSignal.CONNECT_FAILED;
            }
            case TIMEOUT -> uploading ? null : BackendSignal.TIMED_OUT;
            case BROKEN -> cause instanceof IOException ? BackendSignal.RESET : null;
            case NONE_AVAILABLE, REFUSED, EXHAUSTED -> null;
        };
    }
}
