package io.mooring.l4;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.l4.tls.ClientTls;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What became of one TCP connection or UDP flow.
 *
 * @param listener the listener's name
 * @param protocol what was spoken
 * @param client where the client sent from
 * @param tls what is known of the client's TLS
 * @param scope whose policy decided, or null if it was over before anything was to decide
 * @param backend the id of the backend, or null if none was reached
 * @param outcome what became of persistence, or null if nothing was decided
 * @param attempts how many backends were tried
 * @param bytesToBackend payload bytes taken from the client for the backend
 * @param bytesFromBackend payload bytes taken from the backend for the client
 * @param datagramsToBackend datagrams taken from the client for the backend; 0 for TCP
 * @param datagramsFromBackend datagrams taken from the backend for the client; 0 for TCP
 * @param duration from the client's first sign to the end
 * @param ending how it ended
 */
public record ConnectionRecord(
        String listener,
        Protocol protocol,
        InetSocketAddress client,
        ClientTls tls,
        @Nullable ScopeId scope,
        @Nullable String backend,
        @Nullable Outcome outcome,
        int attempts,
        long bytesToBackend,
        long bytesFromBackend,
        long datagramsToBackend,
        long datagramsFromBackend,
        Duration duration,
        Ending ending) {}
