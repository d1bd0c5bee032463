package io.mooring.l4;

import io.mooring.balancer.reschedule.Newcomers;
import io.mooring.balancer.reschedule.Placement;
import io.mooring.balancer.reschedule.RescheduleReason;
import io.mooring.balancer.reschedule.RescheduleSpec;
import io.mooring.balancer.session.Decision;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the relays that one event loop has to one upstream when its backends change: a sweep for each
 * backend that is to be left, and for what the new ones are due of those that take clients.
 *
 * <p>A sweep is dropped, with all turns that are left, when its reason goes away. One that has had all its turns is
 * dropped as well; a relay that comes to its backend later begins another. Who meets the relays finds those whose
 * backend was never seen.
 *
 * <p>Confined to the event loop.
 */
final class UpstreamSweeps {

    private final RescheduleSpec spec;
    private final int loop;
    private final Map<String, Sweep> leaving = new HashMap<>();
    private final List<Addition> additions = new ArrayList<>();
    private Placement placement = Placement.NOWHERE;
    private @Nullable Newcomers newcomers;

    /** The sweeps of an upstream to which nobody is led. */
    UpstreamSweeps(RescheduleSpec spec, int loop) {
        this.spec = spec;
        this.loop = loop;
    }

    /** Clients are led to these members. */
    void observed(UpstreamSnapshot snapshot, long now) {
        Placement before = newcomers == null ? null : placement;
        placement = Placement.of(snapshot);
        updateLeaving(before, now);
        if (newcomers == null) {
            newcomers = new Newcomers(snapshot);
            return;
        }
        additions.removeIf(addition -> {
            addition.ids.removeIf(id -> !placement.takesNew(id));
            return addition.ids.isEmpty();
        });
        Set<String> added = newcomers.in(snapshot);
        if (!added.isEmpty() && spec.when().contains(RescheduleReason.ADDED)) {
            add(added, now);
        }
    }

    /** No client is led there any more. */
    void unbound(long now) {
        Placement before = placement;
        placement = Placement.NOWHERE;
        newcomers = null;
        additions.clear();
        updateLeaving(before, now);
    }

    /** A relay has got its backend; whether it is to leave it again. */
    boolean arrived(Relay relay, String backend, long now) {
        RescheduleReason reason = reasonToLeave(placement, backend);
        if (reason != null) {
            Sweep sweep = leaving.computeIfAbsent(backend, id -> Sweep.ofLate(reason, spec, now, loop));
            if (sweep.stage() != Sweep.Stage.WAITING) {
                sweep.addLate(relay, now);
            }
        }
        return reason != null;
    }

    /** A relay is met by one who looks for those whom sweeps concern. */
    void met(Relay relay, Decision serving, String backend, long now) {
        RescheduleReason reason = reasonToLeave(placement, backend);
        if (reason != null) {
            Sweep sweep = leaving.computeIfAbsent(backend, id -> new Sweep(reason, spec, now, loop));
            if (sweep.stage() == Sweep.Stage.LOOKING) {
                sweep.add(relay);
            }
            return;
        }
        if (!placement.takesNew(backend)) {
            return;
        }
        for (Addition addition : additions) {
            if (addition.sweep.stage() == Sweep.Stage.LOOKING && addition.sweep.began() - relay.began() >= 0) {
                addition.offer(relay, serving, backend, placement);
            }
        }
    }

    /** The relay whose turn has come, or null. */
    @Nullable
    Relay take(long now) {
        for (Map.Entry<String, Sweep> entry : leaving.entrySet()) {
            for (Sweep.Turn turn = entry.getValue().take(now);
                    turn != null;
                    turn = entry.getValue().take(now)) {
                if (entry.getKey().equals(backendOf(turn.relay()))) {
                    return turn.relay();
                }
            }
        }
        for (Addition addition : additions) {
            for (Sweep.Turn turn = addition.sweep.take(now); turn != null; turn = addition.sweep.take(now)) {
                if (addition.isStillDue(turn, placement)) {
                    return turn.relay();
                }
            }
        }
        return null;
    }

    /** Why a relay that was {@linkplain #take taken} is broken off. */
    RescheduleReason reason(String backend) {
        Sweep sweep = leaving.get(backend);
        return sweep == null ? RescheduleReason.ADDED : sweep.reason();
    }

    /** Whether a client with a session bound to the backend would be sent there again. */
    boolean servesBound(String backend) {
        return placement.servesBound(backend);
    }

    void forget(Relay relay) {
        sweeps().forEach(sweep -> sweep.forget(relay));
    }

    /** Lets those sweeps look whose delay is over; false if there is none. */
    boolean beginToLook(long now) {
        List<Sweep> due = sweeps().filter(sweep -> sweep.stage() == Sweep.Stage.WAITING && sweep.isDue(now))
                .toList();
        due.forEach(sweep -> sweep.enter(Sweep.Stage.LOOKING));
        return !due.isEmpty();
    }

    /** All relays have been met since {@link #beginToLook}. */
    void haveLooked() {
        sweeps().filter(sweep -> sweep.stage() == Sweep.Stage.LOOKING).forEach(sweep -> sweep.enter(Sweep.Stage.FOUND));
    }

    /** Drops what is over; whether nothing is left to do, and nobody led there. */
    boolean isIdle() {
        leaving.values().removeIf(Sweep::isOver);
        additions.removeIf(addition -> addition.sweep.isOver());
        return newcomers == null && leaving.isEmpty();
    }

    /** How long until there is something to do; {@link Long#MAX_VALUE} if there is nothing. */
    long nanosLeft(long now) {
        return sweeps().mapToLong(sweep -> sweep.nanosLeft(now)).min().orElse(Long.MAX_VALUE);
    }

    static @Nullable String backendOf(Relay relay) {
        Decision serving = relay.serving();
        Member member = serving == null ? null : serving.member();
        return member == null ? null : member.id();
    }

    /** A sweep goes on as long as there is a reason; one begins where there was none before. */
    private void updateLeaving(@Nullable Placement before, long now) {
        Set<String> ids = new HashSet<>(placement.ids());
        ids.addAll(leaving.keySet());
        if (before != null) {
            ids.addAll(before.ids());
        }
        for (String id : ids) {
            RescheduleReason reason = reasonToLeave(placement, id);
            Sweep sweep = leaving.get(id);
            if (reason == null) {
                leaving.remove(id);
            } else if (sweep != null) {
                sweep.become(reason);
            } else if (before == null || reasonToLeave(before, id) == null) {
                leaving.put(id, new Sweep(reason, spec, now, loop));
            }
        }
    }

    private @Nullable RescheduleReason reasonToLeave(Placement where, String backend) {
        RescheduleReason reason = where.leaving(backend);
        return reason != null && spec.when().contains(reason) ? reason : null;
    }

    /** Those that come while the delay of others runs share their sweep. */
    private void add(Set<String> ids, long now) {
        for (Addition addition : additions) {
            if (addition.sweep.stage() == Sweep.Stage.WAITING) {
                addition.ids.addAll(ids);
                return;
            }
        }
        additions.add(new Addition(new Sweep(RescheduleReason.ADDED, spec, now, loop), new HashSet<>(ids)));
    }

    private Stream<Sweep> sweeps() {
        return Stream.concat(leaving.values().stream(), additions.stream().map(addition -> addition.sweep));
    }

    /** Backends that have come, and the sweep that gives them their share. */
    private record Addition(Sweep sweep, Set<String> ids) {

        /** Those whose address alone decides go where it leads; of the others, as many as are due. */
        void offer(Relay relay, Decision serving, String backend, Placement placement) {
            if (ids.contains(backend)) {
                return;
            }
            Member hashed = serving.hashed();
            if (hashed == null) {
                sweep.draw(relay, placement.shareOf(ids));
            } else if (ids.contains(hashed.id())) {
                sweep.add(relay);
            }
        }

        /** Whether that has not changed since: some may have gone again. */
        boolean isStillDue(Sweep.Turn turn, Placement placement) {
            Decision serving = turn.relay().serving();
            Member used = serving == null ? null : serving.member();
            if (serving == null || used == null || !placement.takesNew(used.id()) || ids.contains(used.id())) {
                return false;
            }
            Member hashed = serving.hashed();
            return hashed == null ? turn.lot() < placement.shareOf(ids) : ids.contains(hashed.id());
        }
    }
}
