package io.mooring.balancer.source;

import io.mooring.balancer.source.SourceLookup.Standing;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a {@link SourceTable} of one shard does, said as plainly as possible and in no hurry. */
final class SourceTableModel {

    private final Map<SourceAddress, Session> sessions = new LinkedHashMap<>();
    private final int maxEntries;
    private final long idle;
    private final long absolute;

    SourceTableModel(int maxEntries, long idleNanos, long absoluteNanos) {
        this.maxEntries = maxEntries;
        this.idle = idleNanos;
        this.absolute = absoluteNanos;
    }

    SourceLookup find(SourceAddress source, long now) {
        forget(now);
        Session session = sessions.get(source);
        return session == null
                ? new SourceLookup(Standing.NONE, SourceTable.NOT_REMEMBERED)
                : new SourceLookup(standing(session, now), session.binding);
    }

    int claim(SourceAddress source, int expected, int wanted, boolean anew, long now) {
        forget(now);
        Session session = sessions.get(source);
        if (session == null && sessions.size() == maxEntries && !evict()) {
            return SourceTable.NOT_REMEMBERED;
        }
        if (session == null || standing(session, now) != Standing.LIVE) {
            session = new Session(wanted, now, session == null ? 0 : session.holds);
        } else if (session.binding == expected) {
            session.binding = wanted;
            session.began = anew ? now : session.began;
        }
        session.holds++;
        use(source, session, now);
        return session.binding;
    }

    void rebind(SourceAddress source, int expected, int wanted) {
        Session session = sessions.get(source);
        if (session != null && session.holds > 0 && session.binding == expected) {
            session.binding = wanted;
        }
    }

    void release(SourceAddress source, long now) {
        Session session = sessions.get(source);
        if (session != null && session.holds > 0) {
            session.holds--;
            use(source, session, now);
        }
    }

    boolean touch(SourceAddress source, long now) {
        Session session = sessions.get(source);
        if (session == null || standing(session, now) != Standing.LIVE) {
            return false;
        }
        use(source, session, now);
        return true;
    }

    boolean reassign(SourceAddress source, int binding, long now) {
        Session session = sessions.get(source);
        if (session == null || standing(session, now) != Standing.LIVE || session.binding == binding) {
            return false;
        }
        session.binding = binding;
        return true;
    }

    int liveSessions(@Nullable Integer binding, long now) {
        return (int) sessions.values().stream()
                .filter(session -> session.holds > 0 || now - session.lastUsed < idle)
                .filter(session -> binding == null || session.binding == binding)
                .count();
    }

    int holds(SourceAddress source) {
        Session session = sessions.get(source);
        return session == null ? 0 : session.holds;
    }

    private Standing standing(Session session, long now) {
        if (now - session.began >= absolute) {
            return Standing.MAX_EXPIRED;
        }
        return session.holds == 0 && now - session.lastUsed >= idle ? Standing.IDLE_EXPIRED : Standing.LIVE;
    }

    private void use(SourceAddress source, Session session, long now) {
        session.lastUsed = now;
        sessions.remove(source);
        sessions.put(source, session);
    }

    private void forget(long now) {
        sessions.values().removeIf(session -> session.holds == 0 && now - session.lastUsed >= 2 * idle);
    }

    private boolean evict() {
        for (Map.Entry<SourceAddress, Session> entry : sessions.entrySet()) {
            if (entry.getValue().holds == 0) {
                sessions.remove(entry.getKey());
                return true;
            }
        }
        return false;
    }

    private static final class Session {
        private int binding;
        private long began;
        private long lastUsed;
        private int holds;

        Session(int binding, long began, int holds) {
            this.binding = binding;
            this.began = began;
            this.holds = holds;
        }
    }
}
