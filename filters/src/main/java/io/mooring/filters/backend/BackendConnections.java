package io.mooring.filters.backend;

import io.mooring.balancer.time.Ticker;
import io.netty.channel.ChannelPipeline;
import java.time.Duration;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;

/**
 * Teaches the gateway's HTTP client what it lacks: to wait for the final response when a backend sends interim ones
 * before it, and not to wait for the rest of a body for ever.
 *
 * <p>Applies to HTTP/1.1; the streams of HTTP/2 have no such place in their pipeline.
 */
public final class BackendConnections implements HttpClientCustomizer {

    private static final String INTERIM_RESPONSES = "mooring.interimResponses";
    private static final String SILENCE_TIMEOUT = "mooring.silenceTimeout";

    private final Ticker ticker;

    /** What a client is taught, with the ticker that silence is measured by. */
    public BackendConnections(Ticker ticker) {
        this.ticker = ticker;
    }

    @Override
    public HttpClient customize(HttpClient client) {
        return client.doOnConnected(this::prepare);
    }

    /**
     * Limits how long the backend may be silent in the rest of a response. The response then ends in an error.
     *
     * @param connection in the middle of a response
     */
    public static void limitSilence(Connection connection, Duration limit) {
        SilenceTimeout.watch(connection.channel(), limit);
    }

    /** Called for each request, on the connection's event loop; a pooled connection has been here before. */
    private void prepare(Connection connection) {
        ChannelPipeline pipeline = connection.channel().pipeline();
        if (pipeline.get(NettyPipeline.HttpCodec) != null && pipeline.get(INTERIM_RESPONSES) == null) {
            pipeline.addAfter(NettyPipeline.HttpCodec, INTERIM_RESPONSES, new InterimResponseDropper());
            pipeline.addAfter(INTERIM_RESPONSES, SILENCE_TIMEOUT, new SilenceTimeout(ticker));
        }
    }
}
