package io.mooring.balancer.session;

import io.mooring.balancer.source.SourceEntry;
import io.mooring.balancer.source.SourceRestoration;
import io.mooring.balancer.source.SourceTable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Saves a source table and takes it over again.
 *
 * <p>A saved table is a header, the sessions in no order, their number, and a CRC-32C of all before it; numbers are
 * big-endian. It says when it was saved by the wall clock, and how long before that each session began and was last
 * used. A session that was open counts as used when the table was saved.
 *
 * <p>Backends are saved by their ids, not by the numbers that this process gave them. A session of one that is not
 * configured any more is kept: its client is moved when it comes, as if the backend had gone while the gateway ran.
 */
final class SourceArchive {

    private final ScopeId scope;
    private final Persistence.SourceIp policy;

    SourceArchive(ScopeId scope, Persistence.SourceIp policy) {
        this.scope = scope;
        this.policy = policy;
    }

    /** Writes the sessions that are live at this moment and bound to a backend. */
    void save(SourceTable table, BackendBindings bindings, SavedClock clock, OutputStream out) throws IOException {
        List<String> backends = List.copyOf(bindings.ids());
        int[] placeOf = new int[bindings.size()];
        for (int place = 0; place < backends.size(); place++) {
            placeOf[bindings.of(backends.get(place))] = place;
        }
        ArchiveWriter writer = new ArchiveWriter(out);
        writer.write(new ArchiveHeader(
                scope.toString(), policy.prefixes().ipv4(), policy.prefixes().ipv6(), clock.wallMillis(), backends));
        List<SourceEntry> batch = new ArrayList<>();
        for (long place = SourceTable.START; place != SourceTable.END; ) {
            batch.clear();
            place = table.scan(place, Integer.MAX_VALUE, clock.nanos(), batch);
            for (SourceEntry entry : batch) {
                if (bindings.id(entry.binding()) != null) {
                    writer.write(archived(entry, placeOf[entry.binding()], clock));
                }
            }
        }
        writer.finish();
    }

    /**
     * Takes over the sessions of a saved table that go on at this moment.
     *
     * @param sessions knows the numbers of the backends
     */
    RestoreReport restore(SourceTable table, SourceSessions sessions, SavedClock clock, SeekableByteChannel in)
            throws IOException {
        Survey survey = survey(in, clock);
        ArchiveReader reader = new ArchiveReader(in);
        BackendBindings bindings = sessions.bindings(survey.backends);
        int restored = 0;
        try (SourceRestoration restoration = table.restore(clock.nanos())) {
            for (long i = 0; i < reader.sessions(); i++) {
                ArchivedSession session = reader.next();
                long idle = session.idleMillis() + survey.elapsedMillis;
                long age = session.ageMillis() + survey.elapsedMillis;
                if (isLive(idle, age) && survey.cutoff.admits(idle)) {
                    int binding = bindings.of(survey.header.backends().get(session.backend()));
                    SourceEntry entry =
                            new SourceEntry(session.source(), binding, clock.reading(age), clock.reading(idle), 0);
                    restored += restoration.add(entry) ? 1 : 0;
                }
            }
        }
        return new RestoreReport(restored, survey.ended, (int) (reader.sessions() - survey.ended - restored));
    }

    /** Reads all once, so that nothing is taken over of a table that is not whole. */
    private Survey survey(SeekableByteChannel in, SavedClock clock) throws IOException {
        ArchiveReader reader = new ArchiveReader(in);
        ArchiveHeader header = reader.header();
        Survey survey = new Survey(header, elapsed(header, clock), policy);
        BitSet used = new BitSet();
        for (long i = 0; i < reader.sessions(); i++) {
            ArchivedSession session = reader.next();
            long idle = session.idleMillis() + survey.elapsedMillis;
            if (isLive(idle, session.ageMillis() + survey.elapsedMillis)) {
                survey.cutoff.add(idle);
                used.set(session.backend());
            } else {
                survey.ended++;
            }
        }
        reader.finish();
        requireOurs(header);
        survey.cutoff.settle();
        survey.backends = used.stream().mapToObj(header.backends()::get).collect(Collectors.toUnmodifiableSet());
        return survey;
    }

    private void requireOurs(ArchiveHeader header) throws UnusableTableException {
        if (!header.scope().equals(scope.toString())) {
            throw new UnusableTableException("a table of another scope", scope.toString());
        }
        if (header.ipv4() != policy.prefixes().ipv4()
                || header.ipv6() != policy.prefixes().ipv6()) {
            throw new UnusableTableException(
                    "a table of /" + header.ipv4() + " and /" + header.ipv6() + " networks",
                    "/" + policy.prefixes().ipv4() + " and /"
                            + policy.prefixes().ipv6() + ", as configured");
        }
    }

    /** How long ago it was saved; no time at all if the wall clock was set back since, but for a day at most. */
    private static long elapsed(ArchiveHeader header, SavedClock clock) throws UnusableTableException {
        long elapsed = clock.wallMillis() - header.savedMillis();
        if (elapsed < -CookieSessions.CLOCK_SKEW.toMillis()) {
            throw new UnusableTableException(
                    "a table saved more than a day from now", "one of the past; is the clock right?");
        }
        return Math.max(0, elapsed);
    }

    private boolean isLive(long idleMillis, long ageMillis) {
        SessionTimeouts timeouts = policy.timeouts();
        return idleMillis < timeouts.idle().toMillis()
                && (timeouts.absolute() == null || Duration.ofMillis(ageMillis).compareTo(timeouts.absolute()) < 0);
    }

    private static ArchivedSession archived(SourceEntry entry, int backend, SavedClock clock) {
        long idle = entry.holds() > 0 ? 0 : clock.millisSince(entry.lastUsed());
        return new ArchivedSession(entry.source(), backend, idle, clock.millisSince(entry.began()));
    }

    /** What the first reading has found. */
    private static final class Survey {

        private final ArchiveHeader header;
        private final long elapsedMillis;
        private final AgeCutoff cutoff;
        private Set<String> backends = Set.of();
        private int ended;

        Survey(ArchiveHeader header, long elapsedMillis, Persistence.SourceIp policy) {
            this.header = header;
            this.elapsedMillis = elapsedMillis;
            this.cutoff = new AgeCutoff(policy.timeouts().idle().toMillis(), policy.maxEntries());
        }
    }
}
