package io.mooring.filters.forward;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.GRPCRequestHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.GRPCResponseHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.RemoveForwardedHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.RemoveHopByHopHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.RemoveXForwardedHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.TransferEncodingNormalizationHeadersFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.web.server.ServerWebExchange;

/**
 * Copies the header fields of a message from one connection to the other, as the {@link HttpHeadersFilter}s of the
 * application would have it.
 *
 * <p>If these are only those that Spring Cloud Gateway has by default, what they do is known, and is done in one pass
 * over the fields as Netty has them. If there is any other, or if a filter of the route has changed the request, they
 * are asked, one after another. Immutable.
 */
final class HeaderTransfer {

    private static final Set<Class<? extends HttpHeadersFilter>> KNOWN = Set.of(
            GRPCRequestHeadersFilter.class,
            GRPCResponseHeadersFilter.class,
            RemoveForwardedHeadersFilter.class,
            RemoveHopByHopHeadersFilter.class,
            RemoveXForwardedHeadersFilter.class,
            TransferEncodingNormalizationHeadersFilter.class);

    private static final AsciiString FORWARDED = AsciiString.cached("forwarded");
    private static final AsciiString X_FORWARDED = AsciiString.cached("x-forwarded-");
    private static final AsciiString GRPC = AsciiString.cached("application/grpc");

    private final List<HttpHeadersFilter> filters;
    private final boolean known;
    private final List<AsciiString> hopByHop;
    private final boolean withoutForwarded;
    private final boolean withoutXForwarded;

    HeaderTransfer(List<HttpHeadersFilter> filters) {
        this.filters = filters;
        this.known = filters.stream().allMatch(filter -> KNOWN.contains(filter.getClass()));
        this.hopByHop = filters.stream()
                .filter(RemoveHopByHopHeadersFilter.class::isInstance)
                .flatMap(filter -> ((RemoveHopByHopHeadersFilter) filter).getHeaders().stream())
                .map(AsciiString::cached)
                .toList();
        this.withoutForwarded = has(RemoveForwardedHeadersFilter.class);
        this.withoutXForwarded = has(RemoveXForwardedHeadersFilter.class);
    }

    private boolean has(Class<? extends HttpHeadersFilter> type) {
        return filters.stream().anyMatch(type::isInstance);
    }

    /** Gives a request to the backend the fields that it is to see; those that the HTTP client invented go. */
    void request(ServerWebExchange exchange, HttpHeaders target) {
        target.remove(HttpHeaderNames.ACCEPT).remove(HttpHeaderNames.USER_AGENT);
        HttpHeaders received = ReceivedFields.of(exchange.getRequest());
        if (!known || received == null || isGrpc(received.get(HttpHeaderNames.CONTENT_TYPE))) {
            HttpHeadersFilter.filterRequest(filters, exchange).forEach((name, values) -> {
                if (!name.equalsIgnoreCase("host")) {
                    target.set(name, values);
                }
            });
        } else {
            copyRequest(received, target);
            List<String> cookies =
                    exchange.getRequest() instanceof OutgoingHeaders outgoing ? outgoing.cookies() : null;
            if (cookies != null) {
                target.set(HttpHeaderNames.COOKIE, cookies);
            }
        }
        if (exchange.getAttributeOrDefault(ServerWebExchangeUtils.PRESERVE_HOST_HEADER_ATTRIBUTE, false)) {
            String host = exchange.getRequest().getHeaders().getFirst("Host");
            if (host != null) {
                target.set(HttpHeaderNames.HOST, host);
            }
        }
    }

    private void copyRequest(HttpHeaders received, HttpHeaders target) {
        Set<String> options = options(received);
        boolean chunked = HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(
                received.get(HttpHeaderNames.TRANSFER_ENCODING, "").trim());
        for (Iterator<Map.Entry<CharSequence, CharSequence>> fields = received.iteratorCharSequence();
                fields.hasNext(); ) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            CharSequence name = field.getKey();
            if (!isHopByHop(name, options)
                    && !HttpHeaderNames.HOST.contentEqualsIgnoreCase(name)
                    && !isForwarded(name)
                    && !(chunked && HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name))) {
                target.add(name, field.getValue());
            }
        }
    }

    /** Adds to a response what the client is to see of the backend's. */
    void response(ServerWebExchange exchange, HttpHeaders received, org.springframework.http.HttpHeaders target) {
        HttpHeaders asked = ReceivedFields.of(exchange.getRequest());
        if (!known || asked == null || isGrpc(asked.get(HttpHeaderNames.CONTENT_TYPE))) {
            org.springframework.http.HttpHeaders all = new org.springframework.http.HttpHeaders();
            received.forEach(field -> all.add(field.getKey(), field.getValue()));
            target.addAll(HttpHeadersFilter.filter(filters, all, exchange, HttpHeadersFilter.Type.RESPONSE));
        } else {
            Set<String> options = options(received);
            for (Iterator<Map.Entry<CharSequence, CharSequence>> fields = received.iteratorCharSequence();
                    fields.hasNext(); ) {
                Map.Entry<CharSequence, CharSequence> field = fields.next();
                if (!isHopByHop(field.getKey(), options)) {
                    target.add(field.getKey().toString(), field.getValue().toString());
                }
            }
        }
    }

    /** The fields that are for this connection only, by what {@code Connection} says, whatever their case. */
    private static Set<String> options(HttpHeaders received) {
        List<String> connection = received.getAll(HttpHeaderNames.CONNECTION);
        if (connection.isEmpty() || (connection.size() == 1 && isAboutTheConnectionAlone(connection.get(0)))) {
            return Set.of();
        }
        Set<String> options = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String list : connection) {
            for (String option : list.split(",", -1)) {
                options.add(option.strip());
            }
        }
        return options;
    }

    private static boolean isAboutTheConnectionAlone(String option) {
        return HttpHeaderValues.KEEP_ALIVE.contentEqualsIgnoreCase(option)
                || HttpHeaderValues.CLOSE.contentEqualsIgnoreCase(option);
    }

    /** Whether a field is for this connection only. */
    private boolean isHopByHop(CharSequence name, Set<String> options) {
        for (AsciiString dropped : hopByHop) {
            if (dropped.contentEqualsIgnoreCase(name)) {
                return true;
            }
        }
        return !options.isEmpty() && options.contains(name.toString());
    }

    private boolean isForwarded(CharSequence name) {
        return (withoutForwarded && FORWARDED.contentEqualsIgnoreCase(name))
                || (withoutXForwarded && startsWith(name, X_FORWARDED));
    }

    private static boolean isGrpc(@Nullable CharSequence contentType) {
        return contentType != null && startsWith(contentType, GRPC);
    }

    private static boolean startsWith(CharSequence text, AsciiString start) {
        return AsciiString.regionMatchesAscii(text, true, 0, start, 0, start.length());
    }
}
