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
 * before it, not to wait for a backend for ever, and to tell which responses came whole.
 *
 * <p>Applies to HTTP/1.1; the streams of HTTP/2 have no such place in their pipeline.
 */
public final class BackendConnections implements HttpClientCustomizer {

    private static final String INTERIM_RESPONSES = "mooring.interimResponses";
    private static final String SILENCE_TIMEOUT = "mooring.silenceTimeout";
    private static final String WHOLE_RESPONSES = "mooring.wholeResponses";

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
     * Limits how long nothing may move until the response to the request that is about to be sent is over: nothing
     * sent, and nothing received that somebody waits for. The exchange then ends in an error. Does nothing over
     * HTTP/2.
     */
    public static void limitSilence(Connection connection, Duration limit) {
        SilenceTimeout.watch(connection.channel(), limit);
    }

    /** Whether the response whose head was received last came whole, so that no part of it has to be waited for. */
    public static boolean isWhole(Connection connection) {
        WholeResponses responses = connection.channel().pipeline().get(WholeResponses.class);
        return responses != null && responses.isWhole();
    }

    /** Whether nothing was received on the connection yet; always so over HTTP/2. */
    public static boolean isNew(Connection connection) {
        WholeResponses responses = connection.channel().pipeline().get(WholeResponses.class);
        return responses == null || !responses.hasBegun();
    }

    /** Called for each request, on the connection's event loop; a pooled connection has been here before. */
    private void prepare(Connection connection) {
        ChannelPipeline pipeline = connection.channel().pipeline();
        if (pipeline.get(NettyPipeline.HttpCodec) != null && pipeline.get(INTERIM_RESPONSES) == null) {
            pipeline.addAfter(NettyPipeline.HttpCodec, INTERIM_RESPONSES, new InterimResponseDropper());
            pipeline.addAfter(INTERIM_RESPONSES, SILENCE_TIMEOUT, new SilenceTimeout(ticker));
            pipeline.addAfter(SILENCE_TIMEOUT, WHOLE_RESPONSES, new WholeResponses());
        }
    }
}
