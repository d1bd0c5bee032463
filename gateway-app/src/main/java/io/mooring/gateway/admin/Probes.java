package io.mooring.gateway.admin;

import java.util.Set;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Marks requests that only ask whether the gateway lives, or is ready, which anybody may: wherever the configuration
 * has put these endpoints.
 */
final class Probes implements WebFilter, Ordered {

    private static final String MARK = Probes.class.getName();
    private static final String HEALTH = "health";

    private final Set<String> paths;

    Probes(WebEndpointProperties endpoints) {
        String health =
                endpoints.getBasePath() + "/" + endpoints.getPathMapping().getOrDefault(HEALTH, HEALTH);
        this.paths = Set.of(health + "/liveness", health + "/readiness");
    }

    /** Whether a request was marked. */
    static boolean isMarked(ServerHttpRequest request) {
        return request.getAttributes().containsKey(MARK);
    }

    @Override
    public int getOrder() {
        return Answers.PROBES_ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (paths.contains(request.getPath().pathWithinApplication().value())) {
            request.getAttributes().put(MARK, true);
        }
        return chain.filter(exchange);
    }
}
