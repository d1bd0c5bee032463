package io.mooring.gateway.accesslog;

import io.mooring.balancer.session.Decision;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.upstream.Member;
import io.mooring.filters.ClientConnection;
import io.mooring.filters.ExchangeDecision;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * Writes a line for each HTTP request, when its exchange is over, and times it. It is the outermost filter, so the time
 * it measures and the status it sees are the client's.
 *
 * <p>An error that this filter sees is turned into a response further out; its line waits for that.
 */
public final class ExchangeLog implements WebFilter, Ordered {

    private static final String CLIENT_ABORTED = "client-aborted";

    private final AccessLog log;
    private final RequestRecorder recorder;
    private final Ticker ticker;

    /** Writes to this log and tells this recorder. */
    public ExchangeLog(AccessLog log, RequestRecorder recorder, Ticker ticker) {
        this.log = log;
        this.recorder = recorder;
        this.ticker = ticker;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        Line line = new Line(exchange, ticker.nanos());
        return chain.filter(exchange).doFinally(line::end);
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    /** The line of one exchange. */
    private final class Line {
        private final ServerWebExchange exchange;
        private final long began;
        private final AtomicBoolean written = new AtomicBoolean();

        Line(ServerWebExchange exchange, long began) {
            this.exchange = exchange;
            this.began = began;
        }

        void end(SignalType signal) {
            ServerHttpResponse response = exchange.getResponse();
            if (signal == SignalType.ON_ERROR && !response.isCommitted()) {
                response.beforeCommit(() -> Mono.fromRunnable(() -> write("failed")));
            } else {
                write(endBy(signal));
            }
        }

        private String endBy(SignalType signal) {
            boolean cut = signal != SignalType.ON_COMPLETE || ExchangeDecision.isCut(exchange);
            if (ExchangeDecision.failureOf(exchange).isPresent()) {
                return cut ? "cut" : "failed";
            }
            return cut || hasClientLeft() ? CLIENT_ABORTED : "completed";
        }

        /**
         * An exchange that completes has not yet sent the end of a response of unknown length: a client that is gone by
         * then did not wait for it. One of known length the client may have seen the end of.
         */
        private boolean hasClientLeft() {
            return exchange.getResponse().getHeaders().getContentLength() < 0
                    && ClientConnection.isGone(exchange.getResponse());
        }

        private void write(String end) {
            if (!written.compareAndSet(false, true)) {
                return;
            }
            long nanos = ticker.nanos() - began;
            Integer status = status(end);
            recorder.record(routeId(), status, nanos);
            if (log.isEnabled()) {
                log(end, status, nanos);
            }
        }

        private @Nullable String routeId() {
            Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
            return route == null ? null : route.getId();
        }

        private void log(String end, @Nullable Integer status, long nanos) {
            ServerHttpRequest request = exchange.getRequest();
            AccessEntry.Builder entry = new AccessEntry.Builder()
                    .with(LogField.PROTOCOL, request.getURI().getScheme())
                    .with(LogField.CLIENT, ClientText.of(request.getRemoteAddress()))
                    .with(LogField.METHOD, request.getMethod().name())
                    .with(LogField.PATH, request.getURI().getRawPath())
                    .with(LogField.STATUS, status)
                    .with(LogField.DURATION, Duration.ofNanos(nanos))
                    .with(LogField.END, end);
            ExchangeDecision.of(exchange).ifPresent(decision -> decided(entry, decision));
            log.write(entry::build);
        }

        /** What the client was told, or null if it left before it was told anything. */
        private @Nullable Integer status(String end) {
            HttpStatusCode status = exchange.getResponse().getStatusCode();
            if (end.equals(CLIENT_ABORTED) && !exchange.getResponse().isCommitted()) {
                return null;
            }
            if ("websocket".equalsIgnoreCase(exchange.getRequest().getHeaders().getUpgrade())
                    && HttpStatus.OK.equals(status)) {
                return HttpStatus.SWITCHING_PROTOCOLS.value();
            }
            return status == null ? HttpStatus.OK.value() : status.value();
        }

        private void decided(AccessEntry.Builder entry, Decision decision) {
            Member member = decision.member();
            entry.with(LogField.SCOPE, decision.scope().id())
                    .with(LogField.BACKEND, member == null ? null : member.id())
                    .with(LogField.OUTCOME, decision.outcome().key())
                    .with(
                            LogField.COOKIE,
                            ExchangeDecision.cookieActionOf(exchange).key());
        }
    }
}
