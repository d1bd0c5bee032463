package io.mooring.balancer.source;

import io.mooring.balancer.source.SourceLookup.Standing;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One independently locked part of a {@link SourceTable}.
 *
 * <p>Entries live in {@link EntryStore}, found through a {@link BucketArray}. Those that are not
 * held stand in one list in the order of their last use. The idle timeout is the same for all, so
 * this is also the order of expiry: no timer is needed, and the entry nearest its expiry is the
 * head. From the head up to {@code firstLive} stand the entries already found expired.
 *
 * <p>Each operation first moves {@code firstLive} on, and removes entries that have been expired
 * for a whole idle timeout, {@value #SWEEP_STEPS} at most of each: more than one operation can add, so the list keeps
 * up without any operation being long.
 */
final class SourceTableShard {

    private static final int SWEEP_STEPS = 32;
    private static final int SCAN_STEPS = 256;
    private static final int NIL = EntryStore.NIL;

    private final AtomicInteger vacancies;
    private final EntryStore entries = new EntryStore();
    private final BucketArray buckets = new BucketArray(entries);
    private int head = NIL;
    private int tail = NIL;
    private int firstLive = NIL;
    private long idleNanos;
    private long absoluteNanos;
    private int live;
    private int[] liveByBinding = new int[16];

    SourceTableShard(AtomicInteger vacancies, long idleNanos, long absoluteNanos) {
        this.vacancies = vacancies;
        this.idleNanos = idleNanos;
        this.absoluteNanos = absoluteNanos;
    }

    /** Has these timeouts hold for the sessions that there are and for those that come. */
    synchronized void retime(long idle, long absolute) {
        idleNanos = idle;
        absoluteNanos = absolute;
    }

    synchronized SourceLookup find(SourceAddress source, long hash, long now) {
        sweep(now);
        int entry = buckets.find(source, hash);
        if (entry == NIL || isForgotten(entry, now)) {
            return SourceLookup.NONE;
        }
        return new SourceLookup(standing(entry, now), entries.binding(entry));
    }

    synchronized int claim(SourceAddress source, long hash, int expected, int wanted, boolean anew, long now) {
        sweep(now);
        int entry = buckets.find(source, hash);
        if (entry == NIL) {
            entry = insert(source, hash);
            if (entry == NIL) {
                return SourceTable.NOT_REMEMBERED;
            }
            begin(entry, wanted, now);
        } else {
            boolean isLive = standing(entry, now) == Standing.LIVE;
            unlist(entry);
            if (!isLive || (anew && entries.binding(entry) == expected)) {
                uncount(entry);
                begin(entry, wanted, now);
            } else if (entries.binding(entry) == expected) {
                bind(entry, wanted);
            }
        }
        entries.lastUsed(entry, now);
        entries.holds(entry, entries.holds(entry) + 1);
        return entries.binding(entry);
    }

    synchronized int rebind(SourceAddress source, long hash, int expected, int wanted) {
        int entry = buckets.find(source, hash);
        if (entry == NIL || entries.holds(entry) == 0) {
            return SourceTable.NOT_REMEMBERED;
        }
        if (entries.binding(entry) == expected) {
            bind(entry, wanted);
        }
        return entries.binding(entry);
    }

    synchronized void release(SourceAddress source, long hash, long now) {
        int entry = buckets.find(source, hash);
        if (entry != NIL && entries.holds(entry) > 0) {
            entries.holds(entry, entries.holds(entry) - 1);
            entries.lastUsed(entry, now);
            list(entry);
        }
    }

    synchronized boolean touch(SourceAddress source, long hash, long now) {
        sweep(now);
        int entry = buckets.find(source, hash);
        if (entry == NIL || standing(entry, now) != Standing.LIVE) {
            return false;
        }
        unlist(entry);
        entries.lastUsed(entry, now);
        list(entry);
        return true;
    }

    synchronized boolean reassign(SourceAddress source, long hash, int binding, long now) {
        int entry = buckets.find(source, hash);
        if (entry == NIL || standing(entry, now) != Standing.LIVE || entries.binding(entry) == binding) {
            return false;
        }
        bind(entry, binding);
        return true;
    }

    synchronized boolean reassign(SourceAddress source, long hash, int expected, int binding, long now) {
        int entry = buckets.find(source, hash);
        if (entry == NIL || standing(entry, now) != Standing.LIVE || entries.binding(entry) != expected) {
            return false;
        }
        bind(entry, binding);
        return true;
    }

    synchronized @Nullable SourceEntry entry(SourceAddress source, long hash, long now) {
        int entry = buckets.find(source, hash);
        return entry == NIL || standing(entry, now) != Standing.LIVE ? null : session(entry);
    }

    /** Tells of live sessions, looking at a bounded number of entries; answers the entry to go on with, or NIL. */
    synchronized int scan(int from, int most, long now, List<SourceEntry> into) {
        int end = Math.min(entries.used(), from + SCAN_STEPS);
        int told = 0;
        int entry = from;
        for (; entry < end && told < most; entry++) {
            if (standing(entry, now) == Standing.LIVE) {
                into.add(session(entry));
                told++;
            }
        }
        return entry < entries.used() ? entry : NIL;
    }

    /**
     * Takes over a session, held once more so that it has no place in the list yet.
     *
     * @return its entry, or NIL if there is no room, or if the session there was used no earlier
     */
    synchronized int restore(SourceEntry session, long hash, long now) {
        int entry = buckets.find(session.source(), hash);
        boolean known = entry != NIL;
        if (!known) {
            entry = insert(session.source(), hash);
        } else if (standing(entry, now) == Standing.LIVE && session.lastUsed() - entries.lastUsed(entry) <= 0) {
            return NIL;
        }
        if (entry == NIL) {
            return NIL;
        }
        boolean held = entries.holds(entry) > 0;
        if (known) {
            unlist(entry);
            uncount(entry);
        }
        begin(entry, session.binding(), session.began());
        entries.lastUsed(entry, session.lastUsed());
        if (held) {
            return NIL;
        }
        entries.holds(entry, 1);
        return entry;
    }

    /** When the entry was last used. */
    synchronized long lastUsed(int entry) {
        return entries.lastUsed(entry);
    }

    /** Ends the hold of {@link #restore}; without others the session takes its place in the list. */
    synchronized void releaseRestored(int entry) {
        entries.holds(entry, entries.holds(entry) - 1);
        list(entry);
    }

    /** How many sessions are live, after all that ended were found, a bounded number under each lock. */
    int live(long now) {
        while (sweep(now)) {
            Thread.onSpinWait();
        }
        synchronized (this) {
            return live;
        }
    }

    private int liveWith(int binding) {
        return binding < liveByBinding.length ? liveByBinding[binding] : 0;
    }

    /** How many have one of these, at one moment. */
    synchronized int liveWith(int[] bindings) {
        int with = 0;
        for (int binding : bindings) {
            with += liveWith(binding);
        }
        return with;
    }

    /** Whether there may be more to sweep. */
    private synchronized boolean sweep(long now) {
        int steps = 0;
        for (; steps < SWEEP_STEPS && firstLive != NIL && isIdle(firstLive, now, idleNanos); steps++) {
            int entry = firstLive;
            firstLive = entries.next(entry);
            uncount(entry);
        }
        boolean more = steps == SWEEP_STEPS;
        for (steps = 0; steps < SWEEP_STEPS && head != firstLive && isForgotten(head, now); steps++) {
            remove(head);
            vacancies.incrementAndGet();
        }
        return more || steps == SWEEP_STEPS;
    }

    /**
     * The same whether or not the sweep has found the entry expired. As in a cookie, the absolute timeout comes first.
     */
    private Standing standing(int entry, long now) {
        if (now - entries.began(entry) >= absoluteNanos) {
            return Standing.MAX_EXPIRED;
        }
        boolean idle = entries.holds(entry) == 0 && isIdle(entry, now, idleNanos);
        return idle || !entries.counted(entry) ? Standing.IDLE_EXPIRED : Standing.LIVE;
    }

    private SourceEntry session(int entry) {
        return new SourceEntry(
                entries.source(entry),
                entries.binding(entry),
                entries.began(entry),
                entries.lastUsed(entry),
                entries.holds(entry));
    }

    private boolean isForgotten(int entry, long now) {
        return entries.holds(entry) == 0 && isIdle(entry, now, 2 * idleNanos);
    }

    private boolean isIdle(int entry, long now, long timeout) {
        return now - entries.lastUsed(entry) >= timeout;
    }

    /** A listed-nowhere, uncounted entry for a new source; NIL when the table is full of held ones. */
    private int insert(SourceAddress source, long hash) {
        if (!occupy()) {
            if (head == NIL) {
                return NIL;
            }
            remove(head);
        }
        int entry = entries.allocate(source, hash);
        buckets.add(entry);
        return entry;
    }

    private boolean occupy() {
        int free = vacancies.get();
        while (free > 0) {
            if (vacancies.compareAndSet(free, free - 1)) {
                return true;
            }
            free = vacancies.get();
        }
        return false;
    }

    private void remove(int entry) {
        unlist(entry);
        uncount(entry);
        buckets.remove(entry);
        entries.free(entry);
    }

    private void begin(int entry, int binding, long began) {
        entries.began(entry, began);
        entries.binding(entry, binding);
        entries.counted(entry, true);
        count(binding, 1);
    }

    private void bind(int entry, int binding) {
        count(entries.binding(entry), -1);
        entries.binding(entry, binding);
        count(binding, 1);
    }

    private void uncount(int entry) {
        if (entries.counted(entry)) {
            entries.counted(entry, false);
            count(entries.binding(entry), -1);
        }
    }

    private void count(int binding, int change) {
        if (binding >= liveByBinding.length) {
            liveByBinding = Arrays.copyOf(liveByBinding, Math.max(binding + 1, 2 * liveByBinding.length));
        }
        liveByBinding[binding] += change;
        live += change;
    }

    /** Appends an entry without holds to the list. */
    private void list(int entry) {
        if (entries.holds(entry) > 0) {
            return;
        }
        entries.previous(entry, tail);
        entries.next(entry, NIL);
        if (tail == NIL) {
            head = entry;
        } else {
            entries.next(tail, entry);
        }
        tail = entry;
        if (firstLive == NIL) {
            firstLive = entry;
        }
    }

    /** Takes an entry without holds out of the list. */
    private void unlist(int entry) {
        if (entries.holds(entry) > 0) {
            return;
        }
        int previous = entries.previous(entry);
        int next = entries.next(entry);
        if (firstLive == entry) {
            firstLive = next;
        }
        if (previous == NIL) {
            head = next;
        } else {
            entries.next(previous, next);
        }
        if (next == NIL) {
            tail = previous;
        } else {
            entries.previous(next, previous);
        }
    }
}
