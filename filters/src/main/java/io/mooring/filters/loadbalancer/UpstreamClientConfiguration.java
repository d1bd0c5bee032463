package io.mooring.filters.loadbalancer;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.loadbalancer.core.ReactorLoadBalancer;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * What Spring Cloud LoadBalancer puts into the context of each client name before its own defaults: for the name of an
 * upstream its load balancer, for another name nothing.
 */
@Configuration(proxyBeanMethods = false)
public class UpstreamClientConfiguration {

    /** The load balancer of the upstream that the client is named after. */
    @Bean
    @Conditional(IsUpstream.class)
    public ReactorLoadBalancer<ServiceInstance> upstreamLoadBalancer(Environment client, ScopeLoadBalancers all) {
        String name = client.getRequiredProperty(LoadBalancerClientFactory.PROPERTY_NAME);
        return all.ofUpstream(name).orElseThrow();
    }
}
