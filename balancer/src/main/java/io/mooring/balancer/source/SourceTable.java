package io.mooring.balancer.source;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A bounded memory of which backend each source is bound to.
 *
 * <p>A <em>binding</em> is a small number that the caller gives a meaning. An entry ends when its
 * source was idle for the idle timeout; while it is <em>held</em>, by open connections, the idle
 * time does not run. An entry that ended stays findable, as ended, for one more idle timeout, so
 * that the return of its client can be told from a first visit. When the table is full, a new
 * source takes the place of the entry nearest its idle expiry; when there is
 * none to take the place of, since all are held, the new source is not remembered.
 *
 * <p>Safe for concurrent use. The table is split into shards by the hash of the source, and each
 * operation works for a bounded number of steps under the lock of one shard; nothing else happens
 * under a lock. A table of fewer than {@value #SINGLE_SHARD_BELOW} entries is one shard, whose order of
 * eviction is exact; in a larger one the entry that goes is the nearest to expiry of its shard.
 *
 * <p>Times are readings of a {@link io.mooring.balancer.time.Ticker}, in nanoseconds. An entry takes
 * at most 64 bytes of heap when there are many, in arrays that grow by 1,024 entries of a shard as
 * entries come, and never shrink.
 */
public final class SourceTable {

    /** The answer of {@link #claim} when the table could not remember the source. */
    public static final int NOT_REMEMBERED = -1;

    /** The largest binding. */
    public static final int MAX_BINDING = (1 << 24) - 1;

    /** The place in a {@link #scan} before all sessions. */
    public static final long START = 0;

    /** The place in a {@link #scan} after all sessions. */
    public static final long END = -1;

    static final int SINGLE_SHARD_BELOW = 16_384;
    private static final int SHARDS = 16;
    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    private final SourceTableShard[] shards;
    private final long seed;
    private final AtomicInteger vacancies;
    private int maxEntries;
    private volatile long idleNanos;

    /**
     * A table without entries.
     *
     * @param maxEntries how many sources it remembers at most, 1 or more
     * @param idle the idle timeout
     * @param absolute how long a session lasts however busy, or null for ever
     * @param seed unpredictable to clients, so that they cannot choose where their entries fall
     */
    public SourceTable(int maxEntries, Duration idle, @Nullable Duration absolute, long seed) {
        if (maxEntries < 1) {
            throw new IllegalArgumentException("max-entries: " + maxEntries + " (expected: 1 or more)");
        }
        Objects.requireNonNull(idle, "idle");
        this.maxEntries = maxEntries;
        this.vacancies = new AtomicInteger(maxEntries);
        this.seed = seed;
        this.idleNanos = idle.toNanos();
        this.shards = new SourceTableShard[maxEntries < SINGLE_SHARD_BELOW ? 1 : SHARDS];
        for (int i = 0; i < shards.length; i++) {
            shards[i] = new SourceTableShard(vacancies, idleNanos, nanos(absolute));
        }
    }

    /**
     * Has other bounds hold from now on, also for the sessions that there are. One that has ended stays so. When there
     * are more entries than may be, each that ends leaves room for none until there are not.
     *
     * @param most how many sources it remembers at most, 1 or more
     * @param idle the idle timeout
     * @param absolute how long a session lasts however busy, or null for ever
     */
    public synchronized void become(int most, Duration idle, @Nullable Duration absolute) {
        if (most < 1) {
            throw new IllegalArgumentException("max-entries: " + most + " (expected: 1 or more)");
        }
        vacancies.addAndGet(most - maxEntries);
        maxEntries = most;
        idleNanos = idle.toNanos();
        for (SourceTableShard shard : shards) {
            shard.retime(idleNanos, nanos(absolute));
        }
    }

    /** What is known of the source now, without changing it. */
    public SourceLookup find(SourceAddress source, long now) {
        long hash = source.hash(seed);
        return shardOf(hash).find(source, hash, now);
    }

    /**
     * Binds the source, unless somebody else bound it since the caller looked, and holds its session.
     *
     * <p>If the source has a live session whose binding is not {@code expected}, that binding is the
     * answer and stays. Otherwise the source is bound to {@code wanted}: in the session it has, or
     * in a new one if it has none or {@code anew} says so. Either way the session counts as used now
     * and is held once more, until {@link #release}.
     *
     * @param expected the live binding that the caller has seen and means to keep or replace, or
     *     {@link #NOT_REMEMBERED} when it has seen none
     * @param wanted the binding to give, 0 to {@link #MAX_BINDING}
     * @param anew whether the expected session ends and a new one begins
     * @return the binding the source has now, or {@link #NOT_REMEMBERED} (then nothing is held)
     */
    public int claim(SourceAddress source, int expected, int wanted, boolean anew, long now) {
        long hash = source.hash(seed);
        return shardOf(hash).claim(source, hash, expected, wanted, anew, now);
    }

    /**
     * Gives a held session a new binding in place of the one it was claimed with; a session that
     * has changed hands in between is left alone.
     *
     * @return the binding the session has now, or {@link #NOT_REMEMBERED} if it is not held
     */
    public int rebind(SourceAddress source, int expected, int wanted) {
        long hash = source.hash(seed);
        return shardOf(hash).rebind(source, hash, expected, wanted);
    }

    /** Ends one hold that {@link #claim} gave. With the last one the idle time begins to run. */
    public void release(SourceAddress source, long now) {
        long hash = source.hash(seed);
        shardOf(hash).release(source, hash, now);
    }

    /**
     * Begins the idle time of a live session anew.
     *
     * @return whether the source has a live session
     */
    public boolean touch(SourceAddress source, long now) {
        long hash = source.hash(seed);
        return shardOf(hash).touch(source, hash, now);
    }

    /**
     * Gives a live session another binding, such as one that means its end.
     *
     * @return whether the source had a live session, of another binding than this
     */
    public boolean reassign(SourceAddress source, int binding, long now) {
        long hash = source.hash(seed);
        return shardOf(hash).reassign(source, hash, binding, now);
    }

    /**
     * Gives a live session another binding in place of one; a session of another binding is left alone.
     *
     * @return whether the source had a live session of the binding that is expected
     */
    public boolean reassign(SourceAddress source, int expected, int binding, long now) {
        long hash = source.hash(seed);
        return shardOf(hash).reassign(source, hash, expected, binding, now);
    }

    /** The live session of the source, or null if it has none. */
    public @Nullable SourceEntry entry(SourceAddress source, long now) {
        long hash = source.hash(seed);
        return shardOf(hash).entry(source, hash, now);
    }

    /**
     * Looks at some entries, from a place on, and tells of those that are live sessions. Called again and again with
     * the place that it answers, it tells of every session that lives all the while, for each as it is when it is met.
     * No call holds a lock for long, whatever the size of the table.
     *
     * @param place {@link #START}, or what the call before has answered
     * @param most how many sessions to tell of at most, 1 or more
     * @param into where they are added
     * @return where to go on, or {@link #END}
     * @throws IllegalArgumentException when the place is no place of this table
     */
    public long scan(long place, int most, long now, List<SourceEntry> into) {
        int shard = (int) (place >>> 32);
        if (shard < 0 || shard >= shards.length || (int) place < 0) {
            throw new IllegalArgumentException("place: " + place + " (expected: what the call before has answered)");
        }
        int next = shards[shard].scan((int) place, most, now, into);
        if (next != EntryStore.NIL) {
            return ((long) shard << 32) | next;
        }
        return shard + 1 < shards.length ? (long) (shard + 1) << 32 : END;
    }

    /** Begins to take over sessions that were remembered elsewhere. */
    public SourceRestoration restore(long now) {
        return new SourceRestoration(this, shards.length, idleNanos, now);
    }

    /**
     * How many sessions are live. One that its absolute timeout has ended counts until its client
     * comes again or has been idle for the idle timeout.
     */
    public int liveSessions(long now) {
        int live = 0;
        for (SourceTableShard shard : shards) {
            live += shard.live(now);
        }
        return live;
    }

    /** How many of the {@linkplain #liveSessions(long) live sessions} have one of these bindings. */
    public int liveSessions(int[] bindings, long now) {
        int live = 0;
        for (SourceTableShard shard : shards) {
            shard.live(now);
            live += shard.liveWith(bindings);
        }
        return live;
    }

    /** How many of the {@linkplain #liveSessions(long) live sessions} have this binding. */
    public int liveSessions(int binding, long now) {
        return liveSessions(new int[] {binding}, now);
    }

    SourceTableShard shard(int index) {
        return shards[index];
    }

    int shardIndex(long hash) {
        return shards.length == 1 ? 0 : (int) (hash >>> 60);
    }

    long hash(SourceAddress source) {
        return source.hash(seed);
    }

    private static long nanos(@Nullable Duration absolute) {
        return absolute == null || absolute.compareTo(FOREVER) > 0 ? Long.MAX_VALUE : absolute.toNanos();
    }

    private SourceTableShard shardOf(long hash) {
        return shards[shardIndex(hash)];
    }
}
