package io.mooring.balancer.session;

import io.mooring.balancer.source.SourceEntry;
import io.mooring.balancer.source.SourceTable;
import io.mooring.balancer.time.Ticker;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.channels.SeekableByteChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The sessions of a {@link SourceTable}. Those that an operator has ended are not among them. */
final class SourceDirectory implements SessionDirectory {

    private final ScopeId id;
    private final SourceSessions sessions;
    private final SourceTable table;
    private final Ticker ticker;
    private final InstantSource wallClock;

    SourceDirectory(ScopeId id, SourceSessions sessions, SourceTable table, SessionContext gateway) {
        this.id = id;
        this.sessions = sessions;
        this.table = table;
        this.ticker = gateway.ticker();
        this.wallClock = gateway.wallClock();
    }

    @Override
    public List<RememberedSession> find(InetAddress client) {
        long now = ticker.nanos();
        BackendBindings bindings = sessions.bindings();
        return sessions.sourcesOf(client).stream()
                .map(source -> table.entry(source, now))
                .filter(Objects::nonNull)
                .map(entry -> session(entry, bindings.id(entry.binding()), now))
                .filter(Objects::nonNull)
                .toList();
    }

    @Override
    public SessionPage page(Optional<String> backendId, long place, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 1 or more)");
        }
        long now = ticker.nanos();
        BackendBindings bindings = sessions.bindings();
        List<RememberedSession> found = new ArrayList<>();
        List<SourceEntry> batch = new ArrayList<>();
        long next = place;
        while (next != SourceTable.END && found.size() < limit) {
            batch.clear();
            next = table.scan(next, limit - found.size(), now, batch);
            for (SourceEntry entry : batch) {
                String id = bindings.id(entry.binding());
                RememberedSession session = session(entry, id, now);
                if (session != null && (backendId.isEmpty() || backendId.get().equals(id))) {
                    found.add(session);
                }
            }
        }
        return new SessionPage(found, next == SourceTable.END ? OptionalLong.empty() : OptionalLong.of(next));
    }

    @Override
    public void save(OutputStream out) throws IOException {
        archive().save(table, sessions.bindings(), new SavedClock(ticker, wallClock), out);
    }

    @Override
    public RestoreReport restore(SeekableByteChannel in) throws IOException {
        return archive().restore(table, sessions, new SavedClock(ticker, wallClock), in);
    }

    private SourceArchive archive() {
        return new SourceArchive(id, sessions.policy());
    }

    private @Nullable RememberedSession session(SourceEntry entry, @Nullable String backendId, long now) {
        if (backendId == null) {
            return null;
        }
        Persistence.SourceIp policy = sessions.policy();
        Duration age = Duration.ofNanos(Math.max(0, now - entry.began()));
        Duration idle = Duration.ofNanos(entry.holds() > 0 ? 0 : Math.max(0, now - entry.lastUsed()));
        Duration absolute = policy.timeouts().absolute();
        Duration untilMax = absolute == null ? null : absolute.minus(age);
        Duration untilIdle = entry.holds() > 0 ? null : policy.timeouts().idle().minus(idle);
        return new RememberedSession(
                policy.prefixes().text(entry.source()),
                backendId,
                wallClock.instant().minus(age),
                idle,
                earlier(untilIdle, untilMax),
                entry.holds());
    }

    private static @Nullable Duration earlier(@Nullable Duration one, @Nullable Duration other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.compareTo(other) <= 0 ? one : other;
    }
}
