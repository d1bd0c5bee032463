package io.mooring.balancer.upstream;

import io.mooring.balancer.time.Ticker;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A named group of backends whose membership and states may change while it serves.
 *
 * <p>Readers take {@link #snapshot()}, one volatile read, and never wait. Changes are made one at a
 * time under a lock, off the event loops, and observers have rebuilt what they derive from the
 * members before the changing call returns.
 *
 * <p>Some changes come by time alone. The upstream has no thread of its own: whoever has one calls {@link #advance}
 * when {@link #nanosToNextChange} is over.
 */
public final class Upstream {

    private final String name;
    private final Ticker ticker;
    private final InstantSource wallClock;
    private final List<Consumer<UpstreamSnapshot>> observers = new ArrayList<>();
    private final List<Consumer<StateChange>> followers = new CopyOnWriteArrayList<>();
    private volatile StatePolicy policy;
    private volatile Optional<ProxyProtocol> proxyProtocol;
    private Map<String, BackendLife> lives = Map.of();
    private volatile BackendObserver traffic = BackendObserver.NONE;
    private volatile UpstreamSnapshot snapshot;

    /** An upstream that declares nothing of states: its backends are all {@link BackendState#READY}. */
    public Upstream(String name, List<Backend> backends, InstantSource wallClock) {
        this(name, backends, StatePolicy.DEFAULT, Ticker.system(), wallClock);
    }

    /** An upstream whose backends are all ready, or, if they are checked, probing. */
    public Upstream(String name, List<Backend> backends, StatePolicy policy, Ticker ticker, InstantSource wallClock) {
        this(name, backends, policy, ticker, wallClock, Optional.empty());
    }

    /** An upstream as above, whose backends may be told who their TCP clients are. */
    public Upstream(
            String name,
            List<Backend> backends,
            StatePolicy policy,
            Ticker ticker,
            InstantSource wallClock,
            Optional<ProxyProtocol> proxyProtocol) {
        this.name = Objects.requireNonNull(name, "name");
        this.policy = Objects.requireNonNull(policy, "policy");
        this.ticker = Objects.requireNonNull(ticker, "ticker");
        this.wallClock = Objects.requireNonNull(wallClock, "wallClock");
        this.proxyProtocol = Objects.requireNonNull(proxyProtocol, "proxyProtocol");
        this.snapshot = new UpstreamSnapshot(name, List.of());
        replaceBackends(backends);
    }

    /** The name under which routes and listeners refer to it. */
    public String name() {
        return name;
    }

    /** How states come about. */
    public StatePolicy policy() {
        return policy;
    }

    /** How the backends are told who their TCP clients are. */
    public Optional<ProxyProtocol> proxyProtocol() {
        return proxyProtocol;
    }

    /** The members now. */
    public UpstreamSnapshot snapshot() {
        return snapshot;
    }

    /**
     * Replaces the backends. One whose id stays keeps its state and activity, whatever else of it
     * changed; a new id begins as at the start.
     */
    public synchronized void replaceBackends(List<Backend> backends) {
        become(backends, policy, proxyProtocol);
    }

    /** Replaces the backends as above, and with them all else that an upstream declares, in one step. */
    public synchronized void become(List<Backend> backends, StatePolicy states, Optional<ProxyProtocol> announcement) {
        boolean allNew = backends.stream().noneMatch(backend -> lives.containsKey(backend.id()));
        Map<String, BackendLife> next = new LinkedHashMap<>();
        for (Backend backend : backends) {
            BackendLife known = lives.get(backend.id());
            if (next.put(backend.id(), known == null ? newcomer(backend, states, allNew) : known) != null) {
                throw new IllegalArgumentException("members: two with one id (expected: ids that differ)");
            }
        }
        lives = next;
        policy = states;
        proxyProtocol = announcement;
        long now = ticker.nanos();
        backends.forEach(backend -> life(backend.id()).become(backend, states, now));
        publish("the configuration changed");
    }

    /**
     * Does what an operator wants of a backend.
     *
     * @throws IllegalArgumentException when the upstream has no such backend
     */
    public synchronized void administer(String id, AdminState wish) {
        life(id).administer(wish);
        publish("an operator wished so");
    }

    /** Puts a backend into a state, whatever was known of it: by its operator's wish, or else by a finding. */
    public synchronized void setState(String id, BackendState state) {
        BackendLife life = life(id);
        life.administer(
                switch (state) {
                    case DRAINING -> AdminState.DRAINING;
                    case MAINTENANCE -> AdminState.MAINTENANCE;
                    case READY, DOWN, PROBING -> AdminState.READY;
                });
        life.found(
                switch (state) {
                    case DOWN -> Vitality.DOWN;
                    case PROBING -> Vitality.PROBING;
                    case READY, DRAINING, MAINTENANCE -> Vitality.UP;
                });
        publish("it was set");
    }

    /**
     * Takes note of what a check has found; of a backend that is gone, it is of no interest any more.
     *
     * @param reason what the check saw, in a few words for an operator
     */
    public synchronized void found(String id, Vitality vitality, String reason) {
        BackendLife life = lives.get(id);
        if (life != null) {
            life.found(vitality);
            publish(reason);
        }
    }

    /**
     * Takes a backend out for a while for having failed its clients, unless it is out already, or too many are of those
     * that new clients could go to, itself among them.
     *
     * @return whether it is out now
     */
    public synchronized boolean eject(String id, BackendFault last) {
        EjectionPolicy how = policy.ejection();
        BackendLife life = lives.get(id);
        if (how == null || life == null || life.isOut() || !allows(how, life)) {
            return false;
        }
        String time = life.eject(how, ticker.nanos()).toSeconds() + " s";
        publish("ejected for " + time + " after " + how.after() + " failures in a row, the last: " + last.key());
        return true;
    }

    /** How a backend stands now; empty when the upstream has no such backend. */
    public synchronized Optional<BackendStanding> standing(String id) {
        return Optional.ofNullable(lives.get(id)).map(BackendLife::standing);
    }

    /** What the checks say of a backend; empty when the upstream has no such backend. */
    public synchronized Optional<Vitality> vitality(String id) {
        return Optional.ofNullable(lives.get(id)).map(BackendLife::vitality);
    }

    /** Does what has become due by time. */
    public synchronized void advance() {
        publish("");
    }

    /**
     * In how long {@link #advance} will have something to do, {@link Long#MAX_VALUE} for not until something else
     * happens.
     */
    public synchronized long nanosToNextChange() {
        long now = ticker.nanos();
        return lives.values().stream()
                .mapToLong(life -> life.nanosToNextChange(now))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Calls the observer with the snapshot of now, and with each later one, on the thread that changes. */
    public synchronized void observe(Consumer<UpstreamSnapshot> observer) {
        observers.add(observer);
        observer.accept(snapshot);
    }

    /** Ends {@link #observe}; an observer that was not there is ignored. */
    public synchronized void ignore(Consumer<UpstreamSnapshot> observer) {
        observers.remove(observer);
    }

    /** Tells the follower of each change of a backend's state, after the observers, on the thread that changes. */
    public void follow(Consumer<StateChange> follower) {
        followers.add(follower);
    }

    /** Has the observer told what traffic shows of the backends, in place of any before. */
    public void watch(BackendObserver observer) {
        traffic = Objects.requireNonNull(observer, "observer");
    }

    private void publish(String reason) {
        long now = ticker.nanos();
        List<StateChange> changes = new ArrayList<>();
        for (BackendLife life : lives.values()) {
            BackendState before = life.state();
            String byTime = life.settle(now);
            if (life.state() != before && snapshot.member(life.backend().id()).isPresent()) {
                String why = byTime == null ? reason : byTime;
                life.changed(why);
                changes.add(new StateChange(name, life.backend().id(), before, life.state(), why));
            }
        }
        UpstreamSnapshot next = new SnapshotAssembly(lives.values(), policy.allDown(), now).of(name);
        if (!next.equals(snapshot)) {
            snapshot = next;
            observers.forEach(observer -> observer.accept(next));
        }
        changes.forEach(change -> followers.forEach(follower -> follower.accept(change)));
    }

    private BackendLife life(String id) {
        BackendLife life = lives.get(id);
        if (life == null) {
            throw new IllegalArgumentException("backend: " + id + " (expected: a backend of upstream " + name + ")");
        }
        return life;
    }

    private boolean allows(EjectionPolicy how, BackendLife one) {
        List<BackendLife> counted = lives.values().stream()
                .filter(life -> life.equals(one) || life.isInService())
                .toList();
        int out = (int) counted.stream().filter(BackendLife::isOut).count();
        return how.allows(out, counted.size());
    }

    private BackendLife newcomer(Backend backend, StatePolicy states, boolean trusted) {
        BackendActivity activity = new BackendActivity(signal -> traffic.observed(backend.id(), signal));
        return new BackendLife(backend, states, activity, trusted, wallClock);
    }
}
