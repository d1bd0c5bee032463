package io.mooring.filters.support;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.CookieAttributes;
import io.mooring.balancer.session.Decision;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.SessionContext;
import io.mooring.balancer.session.SessionTimeouts;
import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.topology.RouteSpec;
import io.mooring.balancer.topology.Topology;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.filters.ExchangeDecision;
import io.mooring.filters.FilterOrder;
import io.mooring.filters.MooringFiltersConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** A gateway in this process: a Spring application with our filters over a fleet, whose routes are properties. */
public final class TestGateway implements AutoCloseable {

    private static final String EVENT_LOOPS = "test.event-loops";

    private final ConfigurableApplicationContext context;
    private final int port;

    private TestGateway(ConfigurableApplicationContext context, int port) {
        this.context = context;
        this.port = port;
    }

    public static Builder builder() {
        return new Builder();
    }

    public int port() {
        return port;
    }

    public TestClient client() throws IOException {
        return new TestClient(port);
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Tells the application of an event. */
    public void publish(ApplicationEvent event) {
        context.publishEvent(event);
    }

    public Fleet fleet() {
        return bean(Fleet.class);
    }

    public Upstream upstream(String name) {
        return fleet().upstream(name).orElseThrow();
    }

    public Scope scope(String upstream) {
        return fleet().upstreamScope(upstream).orElseThrow();
    }

    /** How many requests a backend is serving. */
    public int active(String upstream, String backend) {
        return upstream(upstream)
                .snapshot()
                .member(backend)
                .orElseThrow()
                .activity()
                .active();
    }

    /** The exchanges that have ended. */
    public Queue<ServerWebExchange> ended() {
        return bean(EndedExchanges.class).queue();
    }

    /** The exchange that ended first of those not yet taken, once there is one. */
    public ServerWebExchange nextEnded() {
        Await.until("an exchange has ended", () -> !ended().isEmpty());
        return ended().remove();
    }

    /** What was decided for the exchange that ended last, once none is under way any more. */
    public Decision lastDecision() {
        EndedExchanges exchanges = context.getBean(EndedExchanges.class);
        Await.until("no exchange is under way", () -> exchanges.underWay().get() == 0);
        List<ServerWebExchange> all = new ArrayList<>(exchanges.queue());
        exchanges.queue().clear();
        return ExchangeDecision.of(all.get(all.size() - 1)).orElseThrow();
    }

    @Override
    public void close() {
        context.close();
    }

    /** A policy of weighted round robin with a cookie of default attributes. */
    public static Policy sticky(String cookie) {
        return sticky(cookie, false, null);
    }

    public static Policy sticky(String cookie, boolean strict, @Nullable Duration absolute) {
        return sticky(CookieAttributes.named(cookie), strict, absolute);
    }

    public static Policy sticky(CookieAttributes cookie, boolean strict, @Nullable Duration absolute) {
        return new Policy(
                Balancing.WEIGHTED_ROUND_ROBIN,
                new Persistence.Cookie(new SessionTimeouts(SessionTimeouts.DEFAULT_IDLE, absolute), strict, cookie));
    }

    public static Policy bySource(boolean strict, @Nullable Duration absolute) {
        return new Policy(
                Balancing.WEIGHTED_ROUND_ROBIN,
                new Persistence.SourceIp(
                        new SessionTimeouts(SessionTimeouts.DEFAULT_IDLE, absolute),
                        strict,
                        SourcePrefixes.DEFAULT,
                        10_000));
    }

    public static Policy plain(Balancing balancing) {
        return new Policy(balancing, new Persistence.None());
    }

    public static SigningKey signingKey(String id) {
        return new SigningKey(id, ("the secret of the key " + id).getBytes(StandardCharsets.UTF_8));
    }

    /** Collects what the gateway is to be. */
    public static final class Builder {

        private final List<UpstreamSpec> upstreams = new ArrayList<>();
        private final List<RouteSpec> routes = new ArrayList<>();
        private final Map<String, Object> properties = new LinkedHashMap<>();
        private SettableClock clock = new SettableClock();
        private SigningKey signing = signingKey("k1");
        private int routeCount;

        private Builder() {
            properties.put("server.port", "0");
            properties.put("server.max-http-request-header-size", "64KB");
            properties.put("spring.main.banner-mode", "off");
            properties.put("spring.cloud.gateway.server.webflux.httpclient.connect-timeout", "1000");
            properties.put("logging.level.reactor.netty.http.client.HttpClientConnect", "off");
        }

        /** An upstream, and a route of the same id to all paths under its name. */
        public Builder upstream(String name, Policy policy, Backend... backends) {
            upstreams.add(new UpstreamSpec(name, policy, List.of(backends)));
            return route(name, "lb://" + name, name, Optional.empty());
        }

        /** A route with a policy of its own to an upstream. */
        public Builder route(String id, String upstream, Policy policy) {
            return route(id, "lb://" + upstream, upstream, Optional.of(policy));
        }

        private Builder route(String id, String uri, String upstream, Optional<Policy> policy) {
            routes.add(new RouteSpec(id, upstream, policy));
            return foreignRoute(id, uri);
        }

        /** A route that the fleet is not told of. */
        public Builder foreignRoute(String id, String uri) {
            String prefix = "spring.cloud.gateway.server.webflux.routes[" + routeCount++ + "].";
            properties.put(prefix + "id", id);
            properties.put(prefix + "uri", uri);
            properties.put(prefix + "predicates[0]", "Path=/" + id + "/**");
            return this;
        }

        /** A filter of the route added last. */
        public Builder filter(int number, String filter) {
            return property(
                    "spring.cloud.gateway.server.webflux.routes[" + (routeCount - 1) + "].filters[" + number + "]",
                    filter);
        }

        /** Metadata of the route added last. */
        public Builder metadata(String name, Object value) {
            return property(
                    "spring.cloud.gateway.server.webflux.routes[" + (routeCount - 1) + "].metadata." + name, value);
        }

        /** How many threads serve the requests; with one, each request is dealt with before the next one is seen. */
        public Builder eventLoops(int loops) {
            return property(EVENT_LOOPS, loops);
        }

        public Builder property(String name, Object value) {
            properties.put(name, value);
            return this;
        }

        public Builder clock(SettableClock settable) {
            this.clock = settable;
            return this;
        }

        public Builder key(SigningKey key) {
            this.signing = key;
            return this;
        }

        public TestGateway start(Class<?>... more) {
            Fleet fleet = new Fleet(
                    new Topology(upstreams, routes, List.of()),
                    new SessionContext(new KeyRing(List.of(signing)), clock, clock, new SplittableRandom(1)));
            ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                    .sources(more)
                    .web(WebApplicationType.REACTIVE)
                    .properties(properties)
                    .initializers(starting -> {
                        ((GenericApplicationContext) starting).registerBean(Fleet.class, () -> fleet);
                        ((GenericApplicationContext) starting).registerBean(Ticker.class, () -> clock);
                    })
                    .run();
            int port = ((ReactiveWebServerApplicationContext) context)
                    .getWebServer()
                    .getPort();
            return new TestGateway(context, port);
        }
    }

    /** Where exchanges go when they are over. */
    record EndedExchanges(AtomicInteger underWay, Queue<ServerWebExchange> queue) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(MooringFiltersConfiguration.class)
    static class Application {

        @Bean
        EndedExchanges endedExchanges() {
            return new EndedExchanges(new AtomicInteger(), new ConcurrentLinkedQueue<>());
        }

        /** Event loops of its own, or the first gateway to close would stop those of the others. */
        @Bean
        ReactorResourceFactory reactorResources(Environment properties) {
            ReactorResourceFactory resources = new ReactorResourceFactory();
            resources.setUseGlobalResources(false);
            int loops = properties.getProperty(EVENT_LOOPS, Integer.class, LoopResources.DEFAULT_IO_WORKER_COUNT);
            resources.setLoopResourcesSupplier(() -> LoopResources.create("test-gateway", loops, true));
            resources.setShutdownQuietPeriod(Duration.ZERO);
            return resources;
        }

        /**
         * Within the filter of the session, so that when an exchange completes the session is closed before it counts
         * as ended.
         */
        @Bean
        GlobalFilter recorder(EndedExchanges ended) {
            return new Recorder(ended);
        }
    }

    private record Recorder(EndedExchanges ended) implements GlobalFilter, Ordered {

        @Override
        public int getOrder() {
            return FilterOrder.SESSION.order() + 1;
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
            ended.underWay().incrementAndGet();
            return chain.filter(exchange).doFinally(end -> {
                ended.queue().add(exchange);
                ended.underWay().decrementAndGet();
            });
        }
    }
}
