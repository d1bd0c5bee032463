package io.mooring.balancer.session;

import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.net.InetAddress;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** How one scope recognizes its clients. Safe for concurrent use. */
interface Sessions {

    /** Decides for one client, by the members that the selection is over. */
    Decision decide(Scope scope, Selection selection, @Nullable InetAddress client, int port, List<String> tokens);

    /** What would become of a client that came now. Changes nothing. */
    Prospect foresee(@Nullable InetAddress client, int port, List<String> tokens);

    /** Prepares for these members. Called by one thread at a time, before any decision over them. */
    void prepare(UpstreamSnapshot snapshot);

    /** Whether this is a token of the scope's, whatever has become of its session. */
    default boolean recognizes(String token) {
        return false;
    }

    /** Ends the session of one client, if it is known here; tells whether there was one. */
    default boolean revoke(InetAddress client) {
        return false;
    }

    /** Ends the sessions bound to a backend. */
    void revokeBackend(String backendId);

    /** Ends all sessions. */
    void revokeAll();

    /** What was ended of the sessions that clients carry, or null where they carry none. */
    default @Nullable Revocations revocations() {
        return null;
    }

    /** Ends sessions that clients carry, in place of what was ended before. */
    default void become(Revocations next) {
        throw new IllegalStateException("clients carry no sessions of this scope");
    }

    /** How many sessions are live, where the gateway knows. */
    default OptionalInt live() {
        return OptionalInt.empty();
    }

    /** How many live sessions are bound to a backend, where the gateway knows. */
    default OptionalInt live(String backendId) {
        return OptionalInt.empty();
    }

    /** How often a source had more open than its share, where that is watched. */
    default OptionalLong exceeded() {
        return OptionalLong.empty();
    }

    /** The sessions that are remembered, or null where clients carry them or have none. */
    default @Nullable SessionDirectory directory() {
        return null;
    }
}
