package io.mooring.filters;

import io.micrometer.observation.ObservationRegistry;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.topology.Fleet;
import io.mooring.filters.backend.AbandonedPools;
import io.mooring.filters.backend.BackendConnections;
import io.mooring.filters.backend.BoundedClientFactory;
import io.mooring.filters.forward.RequestForwarder;
import io.mooring.filters.forward.ResponseRelay;
import io.mooring.filters.loadbalancer.ScopeLoadBalancers;
import io.mooring.filters.loadbalancer.UpstreamClientConfiguration;
import io.mooring.filters.routing.RequestUrl;
import io.mooring.filters.routing.RouteDispatcher;
import io.mooring.filters.routing.RouteFilters;
import io.mooring.filters.routing.RouteMapping;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientFactory;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.config.HttpClientSslConfigurer;
import org.springframework.cloud.gateway.filter.AdaptCachedBodyGlobalFilter;
import org.springframework.cloud.gateway.filter.ForwardPathFilter;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyRoutingFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.ReactiveLoadBalancerClientFilter;
import org.springframework.cloud.gateway.filter.RemoveCachedBodyFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.filter.WebsocketRoutingFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClients;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;

/**
 * Puts the fleet behind the routes of Spring Cloud Gateway. To be imported where there is a {@link Fleet} bean, beside
 * the gateway's own auto-configuration; a {@link ClientAddress} bean replaces the default.
 *
 * <p>{@code ReactiveLoadBalancer.Factory#getInstance} gives the same load balancers under the names of the upstreams,
 * and other names keep Spring Cloud's own.
 */
@Configuration(proxyBeanMethods = false)
@LoadBalancerClients(defaultConfiguration = UpstreamClientConfiguration.class)
public class MooringFiltersConfiguration {

    /** Longer than anybody takes from the choice of a backend to its connection. */
    private static final Duration POOL_GRACE = Duration.ofMinutes(1);

    private static final Set<Class<? extends GlobalFilter>> REPLACED =
            Set.of(NettyRoutingFilter.class, NettyWriteResponseFilter.class, RouteToRequestUrlFilter.class);

    private static final Set<Class<?>> PASSING_ON = Set.of(
            AdaptCachedBodyGlobalFilter.class,
            BackendFailureFilter.class,
            BackendFilter.class,
            FailureResponseFilter.class,
            ForwardPathFilter.class,
            ReactiveLoadBalancerClientFilter.class,
            RemoveCachedBodyFilter.class,
            RequestUrl.class,
            ResponseRelay.class,
            SessionFilter.class,
            WebsocketRoutingFilter.class);

    /** The load balancers of the fleet. */
    @Bean
    public ScopeLoadBalancers scopeLoadBalancers(Fleet fleet) {
        return new ScopeLoadBalancers(fleet);
    }

    /** The address of the connection's other end. */
    @Bean
    @ConditionalOnMissingBean
    public ClientAddress clientAddress() {
        return ClientAddress.peer();
    }

    /** At {@link FilterOrder#SESSION}. */
    @Bean
    public GlobalFilter mooringSessionFilter(Fleet fleet, ClientAddress clientAddress, Ticker ticker) {
        return new SessionFilter(new RouteBindings(fleet, ticker), clientAddress);
    }

    /** At {@link FilterOrder#FAILURE_RESPONSE}. */
    @Bean
    public GlobalFilter mooringFailureResponseFilter() {
        return new FailureResponseFilter();
    }

    /** At {@link FilterOrder#BACKEND}. */
    @Bean
    public GlobalFilter mooringBackendFilter() {
        return new BackendFilter();
    }

    /** At {@link FilterOrder#BACKEND_FAILURE}. */
    @Bean
    public GlobalFilter mooringBackendFailureFilter() {
        return new BackendFailureFilter();
    }

    /** In the place of {@link NettyRoutingFilter}. */
    @Bean
    public RequestForwarder mooringRequestForwarder(
            HttpClient client, HttpClientProperties properties, ObjectProvider<HttpHeadersFilter> headersFilters) {
        return new RequestForwarder(
                client, properties, headersFilters.orderedStream().toList());
    }

    /** In the place of {@link NettyWriteResponseFilter}. */
    @Bean
    public ResponseRelay mooringResponseRelay(
            GatewayProperties properties, ObjectProvider<HttpHeadersFilter> headersFilters) {
        return new ResponseRelay(
                properties.getStreamingMediaTypes(),
                headersFilters.orderedStream().toList());
    }

    /** In the place of {@link RouteToRequestUrlFilter}. */
    @Bean
    public RequestUrl mooringRequestUrl() {
        return new RequestUrl();
    }

    /** Runs the filters of a route, without those that others stand in for. */
    @Bean
    public FilteringWebHandler mooringRouteFilters(List<GlobalFilter> filters) {
        return new RouteFilters(
                filters.stream()
                        .filter(filter -> !REPLACED.contains(filter.getClass()))
                        .toList(),
                PASSING_ON);
    }

    /** In the place of its superclass. */
    @Bean
    public RouteMapping mooringRouteMapping(
            FilteringWebHandler handler, RouteLocator locator, GlobalCorsProperties cors, Environment environment) {
        return new RouteMapping(handler, locator, cors, environment);
    }

    /** Where requests enter. */
    @Bean
    public RouteDispatcher mooringRouteDispatcher(
            RouteMapping mapping, ObjectProvider<ObservationRegistry> observations) {
        return new RouteDispatcher(mapping, observations.getIfAvailable(() -> ObservationRegistry.NOOP));
    }

    /** The client whose waiting requests are bounded, and that keeps no connections to backends that are gone. */
    @Bean
    public HttpClientFactory mooringHttpClientFactory(
            HttpClientProperties properties,
            ServerProperties server,
            HttpClientSslConfigurer ssl,
            List<HttpClientCustomizer> customizers,
            Fleet fleet) {
        return new BoundedClientFactory(
                properties,
                server,
                ssl,
                customizers,
                connections -> AbandonedPools.follow(fleet, connections, POOL_GRACE, Schedulers.parallel()));
    }

    /** What the gateway's HTTP client is taught. */
    @Bean
    public HttpClientCustomizer mooringBackendConnections() {
        return new BackendConnections(Ticker.system());
    }
}
