package io.mooring.balancer.session;

import io.mooring.balancer.source.SourceAddress;
import io.mooring.balancer.source.SourcePrefixes;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What operators have ended of the sessions of a scope whose clients carry them in cookies. Immutable.
 *
 * <p>Cookies carry the number of their time: another number is an ended session. They carry no address, so the sessions
 * of a client are told by when it was ended: those begun by then are over wherever they come from its address, for
 * {@link #MEMORY}, which is the longest that one can be idle. One that lives longer is used from another address.
 *
 * @param epoch how often all sessions were ended
 * @param backends how often those of a backend were, by its id
 * @param clients when those of a client were, by its network
 */
public record Revocations(int epoch, Map<String, Integer> backends, Map<SourceAddress, Instant> clients) {

    /** Of a scope of which nothing was ended. */
    public static final Revocations NONE = new Revocations(0, Map.of(), Map.of());

    /** How many backends and how many clients are remembered at most. */
    public static final int MAX_ENTRIES = 10_000;

    /** How long a client is remembered. */
    public static final Duration MEMORY = SessionTimeouts.MAX_IDLE;

    /** How much of a client's address counts. */
    public static final SourcePrefixes PREFIXES = SourcePrefixes.DEFAULT;

    public Revocations {
        backends = Map.copyOf(backends);
        clients = Map.copyOf(clients);
        if (backends.size() > MAX_ENTRIES || clients.size() > MAX_ENTRIES) {
            throw new IllegalStateException("revocations: " + Math.max(backends.size(), clients.size()) + " (expected: "
                    + MAX_ENTRIES + " or fewer)");
        }
    }

    /** Once all sessions of the scope are ended. */
    public Revocations afterAllEnded() {
        return new Revocations(epoch + 1, backends, clients);
    }

    /**
     * Once the sessions of a backend are ended.
     *
     * @throws IllegalStateException when there is no room to remember it
     */
    public Revocations afterEnded(String backendId) {
        Map<String, Integer> next = new HashMap<>(backends);
        next.merge(backendId, 1, Integer::sum);
        return new Revocations(epoch, next, clients);
    }

    /**
     * Once the sessions of a client are ended.
     *
     * @throws IllegalStateException when there is no room to remember it
     */
    public Revocations afterEnded(InetAddress client, Instant now) {
        Map<SourceAddress, Instant> next = new HashMap<>(clients);
        next.values().removeIf(at -> at.plus(MEMORY).isBefore(now));
        next.put(PREFIXES.of(client), now);
        return new Revocations(epoch, backends, next);
    }

    /** The number that tokens for this backend carry. */
    int of(String backendId) {
        return (epoch << 16) | (backends.getOrDefault(backendId, 0) & 0xffff);
    }

    /** Whether a token's number is of the scope's present epoch, whatever its backend. */
    boolean isOfScope(int number) {
        return number >>> 16 == (epoch & 0xffff);
    }

    /** Whether a session of this client was ended that had begun at that time. */
    boolean isEnded(@Nullable InetAddress client, long beganMillis) {
        if (clients.isEmpty() || client == null) {
            return false;
        }
        Instant ended = clients.get(PREFIXES.of(client));
        return ended != null && beganMillis <= ended.toEpochMilli();
    }
}
