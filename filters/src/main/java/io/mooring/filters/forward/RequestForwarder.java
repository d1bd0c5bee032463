package io.mooring.filters.forward;

import io.mooring.filters.backend.BackendConnections;
import io.mooring.filters.backend.BackendFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyRoutingFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.http.HttpInfos;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;

/**
 * Sends the request to the URL that was chosen for it, and receives the head of the response. It does what {@link
 * NettyRoutingFilter} does, in its place.
 *
 * <p>The response timeout is that of {@link BackendConnections#limitSilence}: it runs while nothing moves on the
 * connection to the backend, not from the beginning, so a long upload is not cut.
 */
public final class RequestForwarder implements GlobalFilter, Ordered {

    private static final String CONTENT_LENGTH = org.springframework.http.HttpHeaders.CONTENT_LENGTH;
    private static final String TRANSFER_ENCODING = org.springframework.http.HttpHeaders.TRANSFER_ENCODING;

    /** The methods whose bodies Reactor Netty collects before it sends them. */
    private static final Set<String> SELDOM_WITH_BODY = Set.of("GET", "HEAD", "DELETE");

    private static final String ON_NEW_CONNECTION = RequestForwarder.class.getName() + ".onNewConnection";

    private final HttpClient client;
    private final Map<Integer, HttpClient> byConnectTimeout = new ConcurrentHashMap<>();
    private final @Nullable Integer connectTimeout;
    private final ResponseTimeouts timeouts;
    private final boolean limitsSilence;
    private final HeaderTransfer headers;

    /** A filter that sends requests by this client. */
    public RequestForwarder(
            HttpClient client, HttpClientProperties properties, List<HttpHeadersFilter> headersFilters) {
        this.client = client;
        this.connectTimeout = properties.getConnectTimeout();
        this.timeouts = new ResponseTimeouts(properties.getResponseTimeout());
        this.limitsSilence =
                Arrays.equals(client.configuration().protocols(), new HttpProtocol[] {HttpProtocol.HTTP11});
        this.headers = new HeaderTransfer(headersFilters);
    }

    /**
     * Whether the request, if it was sent at all, was sent last on a connection that the backend had not answered on
     * before. Where requests share a connection, as over HTTP/2, each counts as if it were on a new one.
     */
    public static boolean isOnNewConnection(ServerWebExchange exchange) {
        return exchange.getAttribute(ON_NEW_CONNECTION) != null;
    }

    @Override
    public int getOrder() {
        return NettyRoutingFilter.ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        URI url = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        String scheme = url.getScheme();
        if (ServerWebExchangeUtils.isAlreadyRouted(exchange)
                || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
            return chain.filter(exchange);
        }
        ServerWebExchangeUtils.setAlreadyRouted(exchange);
        Route route = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        Duration limit = timeouts.of(route);
        Flux<HttpClientResponse> head = request(route, exchange.getRequest(), url)
                .send((request, outbound) -> send(exchange, request, outbound, limit))
                .responseConnection((response, connection) -> receive(exchange, response, connection));
        if (limit != null && !limitsSilence) {
            head = head.timeout(limit, Mono.error(() -> new BackendFailure(BackendFailure.Kind.TIMEOUT, null)));
        }
        // The HTTP client asks for the context time and again; here it is found without going through all filters.
        return head.contextWrite(context -> context).then(chain.filter(exchange));
    }

    private HttpClient.RequestSender request(Route route, ServerHttpRequest request, URI url) {
        HttpClient.RequestSender sender =
                client(route).request(HttpMethod.valueOf(request.getMethod().name()));
        // Of a URI the client needs the host, which there is none of if it is a name with an underscore.
        return url.getHost() == null || !isAscii(url.toString()) ? sender.uri(url.toASCIIString()) : sender.uri(url);
    }

    private HttpClient client(Route route) {
        Object own = route.getMetadata().get(RouteMetadataUtils.CONNECT_TIMEOUT_ATTR);
        Integer millis =
                own == null ? connectTimeout : own instanceof Integer number ? number : Integer.valueOf(own.toString());
        return millis == null
                ? client
                : byConnectTimeout.computeIfAbsent(
                        millis, limit -> client.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, limit));
    }

    private Publisher<Void> send(
            ServerWebExchange exchange, HttpClientRequest request, NettyOutbound outbound, @Nullable Duration limit) {
        headers.request(exchange, request.requestHeaders());
        outbound.withConnection(connection -> {
            if (limit != null && limitsSilence) {
                BackendConnections.limitSilence(connection, limit);
            }
            if (BackendConnections.isNew(connection)) {
                exchange.getAttributes().put(ON_NEW_CONNECTION, true);
            } else {
                exchange.getAttributes().remove(ON_NEW_CONNECTION);
            }
        });
        HttpHeaders sent = request.requestHeaders();
        if (sent.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            sent.remove(HttpHeaderNames.TRANSFER_ENCODING);
        }
        ServerHttpRequest received = exchange.getRequest();
        if (isWithoutBody(received)) {
            return outbound;
        }
        if (!SELDOM_WITH_BODY.contains(received.getMethod().name()) || isHttp2(received)) {
            return outbound.send(body(received));
        }
        boolean chunked = HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(transferEncoding(received));
        if (chunked) {
            sent.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        // The HTTP client would hold such a body until it has all of it, if it were not told how to flush it.
        return chunked || sent.contains(HttpHeaderNames.CONTENT_LENGTH)
                ? outbound.send(body(received), part -> false)
                : outbound;
    }

    /** Whether it is known that there is none, nor one that a filter has made. */
    private static boolean isWithoutBody(ServerHttpRequest request) {
        HttpHeaders fields = ReceivedFields.of(request);
        if (fields == null || isHttp2(request) || fields.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return false;
        }
        String length = fields.get(HttpHeaderNames.CONTENT_LENGTH);
        return length == null || length.equals("0");
    }

    private static @Nullable String transferEncoding(ServerHttpRequest request) {
        HttpHeaders fields = ReceivedFields.of(request);
        return fields == null
                ? request.getHeaders().getFirst(TRANSFER_ENCODING)
                : fields.get(HttpHeaderNames.TRANSFER_ENCODING);
    }

    private static Flux<ByteBuf> body(ServerHttpRequest request) {
        return request.getBody().map(NettyDataBufferFactory::toByteBuf);
    }

    /** Of such a request it is not known from its head whether a body follows. */
    private static boolean isHttp2(ServerHttpRequest request) {
        return ServerHttpRequestDecorator.<HttpInfos>getNativeRequest(request)
                        .version()
                        .majorVersion()
                > 1;
    }

    /** Puts the head where the filters of the route see it; {@link ResponseRelay} writes it when they have. */
    private Mono<HttpClientResponse> receive(
            ServerWebExchange exchange, HttpClientResponse response, Connection connection) {
        Map<String, Object> attributes = exchange.getAttributes();
        attributes.put(ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR, response);
        attributes.put(ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR, connection);
        if (BackendConnections.isWhole(connection)) {
            attributes.put(ResponseRelay.WHOLE, true);
        } else {
            attributes.remove(ResponseRelay.WHOLE);
        }
        HttpHeaders received = response.responseHeaders();
        String contentType = received.get(HttpHeaderNames.CONTENT_TYPE);
        if (contentType != null && !contentType.isEmpty()) {
            attributes.put(ServerWebExchangeUtils.ORIGINAL_RESPONSE_CONTENT_TYPE_ATTR, contentType);
        }
        ServerHttpResponse target = exchange.getResponse();
        target.setStatusCode(HttpStatusCode.valueOf(response.status().code()));
        headers.response(exchange, received, target.getHeaders());
        if (target.getHeaders().containsHeader(CONTENT_LENGTH)) {
            target.getHeaders().remove(TRANSFER_ENCODING);
        }
        attributes.put(ServerWebExchangeUtils.CLIENT_RESPONSE_HEADER_NAMES, new NamesOf(received));
        return Mono.just(response);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** Their names, made when somebody asks: a retry takes back what the response before had added. */
    private static final class NamesOf extends AbstractSet<String> {
        private final HttpHeaders fields;

        NamesOf(HttpHeaders fields) {
            this.fields = fields;
        }

        @Override
        public Iterator<String> iterator() {
            return fields.names().iterator();
        }

        @Override
        public int size() {
            return fields.names().size();
        }
    }
}
