package io.mooring.filters.loadbalancer;

import io.mooring.balancer.session.Decision;
import io.mooring.balancer.upstream.Member;
import java.net.URI;
import java.util.Map;
import org.springframework.cloud.client.ServiceInstance;

/**
 * A backend as a service instance of Spring Cloud.
 *
 * @param decision what chose it
 * @param member the backend
 */
public record BackendInstance(Decision decision, Member member) implements ServiceInstance {

    @Override
    public String getInstanceId() {
        return member.id();
    }

    @Override
    public String getServiceId() {
        return decision.scope().upstream().name();
    }

    /** The host; an IPv6 literal in brackets, as in a URI. */
    @Override
    public String getHost() {
        String host = member.backend().host();
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }

    @Override
    public int getPort() {
        return member.backend().port();
    }

    @Override
    public boolean isSecure() {
        return false;
    }

    @Override
    public URI getUri() {
        return URI.create("http://" + member.backend().address());
    }

    @Override
    public Map<String, String> getMetadata() {
        return Map.of();
    }
}
