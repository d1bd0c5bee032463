package io.mooring.gateway.admin;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Keeps web pages from using the browser of somebody on this machine, or a browser that knows a password, to call the
 * management port: a call that a browser makes for another site is refused, and on a loopback address one for another
 * host, to whose name the address was given so that it looks like the page's own. The probes of orchestrators, which
 * tell nothing but yes or no, may come under any name.
 */
final class BrowserGuard implements WebFilter, Ordered {

    private static final String NOT_THIS_MACHINE = "The Host header is not this machine's.";
    private static final String NO_HOST =
            "The call has no Host header, which only a read beside the API may do without.";

    private final AuditLog audit;

    BrowserGuard(AuditLog audit) {
        this.audit = audit;
    }

    @Override
    public int getOrder() {
        return Answers.BROWSER_GUARD_ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        String why = Answers.isProbe(request) ? null : objection(request);
        if (why == null) {
            return chain.filter(exchange);
        }
        Problem problem = Problem.of(HttpStatus.FORBIDDEN, why);
        audit.turnedAway(request, problem.status().value(), why);
        return Answers.answer(exchange, problem);
    }

    private static @Nullable String objection(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        String host = headers.getFirst(HttpHeaders.HOST);
        if (host == null && (Answers.isOfApi(request) || Answers.isMoreThanARead(request))) {
            return NO_HOST;
        }
        // No browser leaves it out, but a load balancer's check of /actuator/health by HTTP/1.0 does.
        if (host != null && isLoopback(request.getLocalAddress()) && !isLoopbackName(host)) {
            return NOT_THIS_MACHINE;
        }
        String site = headers.getFirst("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return "Another site's page may not call this.";
        }
        String origin = headers.getFirst(HttpHeaders.ORIGIN);
        boolean isOwn = origin == null
                || (host != null && origin.equalsIgnoreCase(request.getURI().getScheme() + "://" + host));
        return isOwn ? null : "Another origin's page may not call this.";
    }

    private static boolean isLoopback(@Nullable InetSocketAddress address) {
        return address == null
                || address.getAddress() == null
                || address.getAddress().isLoopbackAddress();
    }

    private static boolean isLoopbackName(String header) {
        String host = header.replaceFirst(":[0-9]{1,5}$", "").toLowerCase(Locale.ROOT);
        if (host.equals("localhost")) {
            return true;
        }
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host.replaceAll("^\\[|]$", ""));
        return literal != null && literal.isLoopbackAddress();
    }
}
