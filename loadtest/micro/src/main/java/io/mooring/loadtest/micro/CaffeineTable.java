package io.mooring.loadtest.micro;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.mooring.balancer.source.SourceAddress;
import java.time.Duration;

/**
 * The source table as one would build it of a cache: the same bound and the same idle timeout, without what the table
 * knows beyond them: sessions that are held, why a session is over, how many a backend has. Its maintenance is done
 * by those who use it, as the table's is.
 */
final class CaffeineTable {

    private final Cache<SourceAddress, Session> sessions;

    CaffeineTable(int maxEntries, Duration idle) {
        sessions = Caffeine.newBuilder()
                .maximumSize(maxEntries)
                .expireAfterAccess(idle)
                .executor(Runnable::run)
                .build();
    }

    /** The binding of a source, or -1. */
    int find(SourceAddress source) {
        Session session = sessions.getIfPresent(source);
        return session == null ? -1 : session.binding();
    }

    /** Binds a source that has no session; answers the binding it has. */
    int claim(SourceAddress source, int binding, long now) {
        return sessions.get(source, stranger -> new Session(binding, now)).binding();
    }

    long size() {
        sessions.cleanUp();
        return sessions.estimatedSize();
    }

    private record Session(int binding, long began) {}
}
