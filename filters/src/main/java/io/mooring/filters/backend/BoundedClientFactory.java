package io.mooring.filters.backend;

import java.util.List;
import java.util.function.Consumer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientFactory;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.config.HttpClientSslConfigurer;
import reactor.netty.resources.ConnectionProvider;

/**
 * Makes the gateway's HTTP client with a bound to how many requests wait for a connection, which Spring Cloud Gateway
 * leaves open: as many as there may be connections, to one backend.
 */
public final class BoundedClientFactory extends HttpClientFactory {

    private final Consumer<ConnectionProvider> made;

    /**
     * A factory like the stock one but for the bound.
     *
     * @param made is told of the pools, once
     */
    public BoundedClientFactory(
            HttpClientProperties properties,
            ServerProperties server,
            HttpClientSslConfigurer ssl,
            List<HttpClientCustomizer> customizers,
            Consumer<ConnectionProvider> made) {
        super(properties, server, ssl, customizers);
        this.made = made;
    }

    @Override
    protected ConnectionProvider buildConnectionProvider(HttpClientProperties properties) {
        ConnectionProvider provider = bounded(properties);
        made.accept(provider);
        return provider;
    }

    private ConnectionProvider bounded(HttpClientProperties properties) {
        ConnectionProvider provider = super.buildConnectionProvider(properties);
        ConnectionProvider.Builder builder = provider.mutate();
        if (builder == null || properties.getPool().getType() != HttpClientProperties.Pool.PoolType.FIXED) {
            return provider;
        }
        return builder.pendingAcquireMaxCount(properties.getPool().getMaxConnections())
                .build();
    }
}
