package io.mooring.filters;

import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.topology.Fleet;
import io.mooring.filters.backend.BackendConnections;
import io.mooring.filters.backend.BoundedClientFactory;
import io.mooring.filters.loadbalancer.ScopeLoadBalancers;
import io.mooring.filters.loadbalancer.UpstreamClientConfiguration;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientFactory;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.config.HttpClientSslConfigurer;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClients;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Puts the fleet behind the routes of Spring Cloud Gateway. To be imported where there is a {@link Fleet} bean, beside
 * the gateway's own auto-configuration; a {@link ClientAddress} bean replaces the default.
 *
 * <p>{@code ReactiveLoadBalancer.Factory#getInstance} gives the same load balancers under the names of the upstreams, and
 * other names keep Spring Cloud's own.
 */
@Configuration(proxyBeanMethods = false)
@LoadBalancerClients(defaultConfiguration = UpstreamClientConfiguration.class)
public class MooringFiltersConfiguration {

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
    public GlobalFilter mooringSessionFilter(ScopeLoadBalancers balancers, ClientAddress clientAddress) {
        return new SessionFilter(new RouteBindings(balancers), clientAddress);
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
    public GlobalFilter mooringBackendFailureFilter(HttpClientProperties client) {
        return new BackendFailureFilter(new ResponseTimeouts(client.getResponseTimeout()));
    }

    /** The client whose waiting requests are bounded. */
    @Bean
    public HttpClientFactory mooringHttpClientFactory(
            HttpClientProperties properties,
            ServerProperties server,
            HttpClientSslConfigurer ssl,
            List<HttpClientCustomizer> customizers) {
        return new BoundedClientFactory(properties, server, ssl, customizers);
    }

    /** What the gateway's HTTP client is taught. */
    @Bean
    public HttpClientCustomizer mooringBackendConnections() {
        return new BackendConnections(Ticker.system());
    }
}
