package io.mooring.gateway;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;

/**
 * Keeps auto-configuration out that comes along with what the gateway is built on, but that no part of it uses: each
 * class of it costs time at start, and more so the beans that it makes.
 *
 * <p>Stateless. {@code spring.factories} names it to Spring Boot.
 */
final class UnusedAutoConfiguration implements AutoConfigurationImportFilter {

    /** How the names of those kept out begin. */
    static final List<String> UNUSED = List.of(
            // Nothing is advised, cached or run by a task executor.
            "org.springframework.boot.autoconfigure.aop.",
            "org.springframework.boot.autoconfigure.task.",
            "org.springframework.boot.cache.",
            "org.springframework.boot.micrometer.metrics.autoconfigure.task.",
            "org.springframework.boot.micrometer.observation.autoconfigure.ScheduledTasks",
            // Requests go to backends by Reactor Netty's client alone: no RestClient, RestTemplate or WebClient.
            "org.springframework.boot.http.client.",
            "org.springframework.boot.http.converter.",
            "org.springframework.boot.restclient.",
            "org.springframework.cloud.client.loadbalancer.LoadBalancerAutoConfiguration",
            "org.springframework.cloud.client.loadbalancer.reactive.",
            "org.springframework.cloud.loadbalancer.config.BlockingLoadBalancerClient",
            // The gateway has its own way to change what is configured.
            "org.springframework.cloud.autoconfigure.",
            // The build pins the versions and the class path, so there is nothing to warn of.
            "org.springframework.cloud.configuration.",
            "org.springframework.cloud.gateway.config.GatewayClassPathWarning");

    @Override
    public boolean[] match(@Nullable String[] classNames, AutoConfigurationMetadata metadata) {
        boolean[] used = new boolean[classNames.length];
        for (int i = 0; i < classNames.length; i++) {
            String name = classNames[i];
            used[i] = name == null || UNUSED.stream().noneMatch(name::startsWith);
        }
        return used;
    }
}
