package io.mooring.filters.loadbalancer;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.loadbalancer.Request;

/**
 * A request for a decision about one client. It is its own context.
 *
 * @param client the client's address, or null if it has none
 * @param tokens the values of the session cookies that came, in their order; not to be changed later
 */
public record DecisionRequest(@Nullable InetAddress client, List<String> tokens) implements Request<DecisionRequest> {

    @Override
    public DecisionRequest getContext() {
        return this;
    }
}
