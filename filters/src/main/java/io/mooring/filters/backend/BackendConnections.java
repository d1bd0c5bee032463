package io.mooring.filters.backend;

import io.netty.channel.ChannelPipeline;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;

/**
 * Teaches the gateway's HTTP client what it lacks: to wait for the final response when a backend sends interim ones before it.
 *
 * <p>Applies to HTTP/1.1; Reactor Netty's HTTP/2 streams have no such place in their pipeline.
 */
public final class BackendConnections implements HttpClientCustomizer {

    private static final String INTERIM_RESPONSES = "mooring.interimResponses";

    @Override
    public HttpClient customize(HttpClient client) {
        return client.doOnConnected(BackendConnections::prepare);
    }

    /** Called for each request, on the connection's event loop; a pooled connection has been here before. */
    private static void prepare(Connection connection) {
        ChannelPipeline pipeline = connection.channel().pipeline();
        if (pipeline.get(NettyPipeline.HttpCodec) != null && pipeline.get(INTERIM_RESPONSES) == null) {
            pipeline.addAfter(NettyPipeline.HttpCodec, INTERIM_RESPONSES, new InterimResponseDropper());
        }
    }
}
