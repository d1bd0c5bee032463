package io.mooring.gateway.admin;

import java.util.Map;
import java.util.Set;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Answers of the filters before the API, and their order: within the access log, and browsers before passwords. */
final class Answers {

    /** Where {@link Probes} stands. */
    static final int PROBES_ORDER = Ordered.HIGHEST_PRECEDENCE + 5;

    /** Where {@link BrowserGuard} stands. */
    static final int BROWSER_GUARD_ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

    /** Where the check of passwords stands. */
    static final int CREDENTIALS_ORDER = Ordered.HIGHEST_PRECEDENCE + 20;

    private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private static final String API = "/admin";

    private Answers() {}

    /** Whether a request is one of the API's. */
    static boolean isOfApi(ServerHttpRequest request) {
        String path = request.getPath().pathWithinApplication().value();
        return path.equals(API) || path.startsWith(API + "/");
    }

    /** Whether a request only asks whether the gateway lives, or is ready, which anybody may. */
    static boolean isProbe(ServerHttpRequest request) {
        return Probes.isMarked(request);
    }

    /** Whether a request is to change something by the API. */
    static boolean isChange(ServerHttpRequest request) {
        return isOfApi(request) && isMoreThanARead(request);
    }

    /** Whether a request, of the API or of any other endpoint of the port, may change something. */
    static boolean isMoreThanARead(ServerHttpRequest request) {
        HttpMethod method = request.getMethod();
        boolean explains = isOfApi(request)
                && HttpMethod.POST.equals(method)
                && request.getPath().pathWithinApplication().value().endsWith("/explain");
        return !READS.contains(method) && !explains;
    }

    /** Answers a user with a problem, which the audit log tells if it was to be a change. */
    static Mono<Void> refuse(ServerWebExchange exchange, Problem problem, AuditLog audit, String user) {
        ServerHttpRequest request = exchange.getRequest();
        if (isChange(request)) {
            audit.changed(request, user, problem.status().value(), "", "", problem.summary());
        }
        return answer(exchange, problem);
    }

    /** Answers with a problem. */
    static Mono<Void> answer(ServerWebExchange exchange, Problem problem) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(problem.status());
        response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        Map.of("Cache-Control", "no-store", "X-Content-Type-Options", "nosniff").forEach(response.getHeaders()::set);
        problem.headers().forEach(response.getHeaders()::set);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(problem.body())));
    }
}
