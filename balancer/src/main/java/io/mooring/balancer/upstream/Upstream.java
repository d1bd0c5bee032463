package io.mooring.balancer.upstream;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A named group of backends whose membership and states may change while it serves.
 *
 * <p>Readers take {@link #snapshot()}, one volatile read, and never wait. Changes are made one at a
 * time under a lock, off the event loops, and observers have rebuilt what they derive from the
 * members before the changing call returns.
 */
public final class Upstream {

    private final String name;
    private final List<Consumer<UpstreamSnapshot>> observers = new ArrayList<>();
    private volatile BackendObserver watcher = BackendObserver.NONE;
    private volatile UpstreamSnapshot snapshot;

    /** An upstream whose backends are all {@link BackendState#READY}. */
    public Upstream(String name, List<Backend> backends) {
        this.name = Objects.requireNonNull(name, "name");
        this.snapshot =
                new UpstreamSnapshot(name, backends.stream().map(this::newcomer).toList());
    }

    /** The name under which routes and listeners refer to it. */
    public String name() {
        return name;
    }

    /** The members now. */
    public UpstreamSnapshot snapshot() {
        return snapshot;
    }

    /**
     * Replaces the backends. One whose id stays keeps its state and activity, whatever else of it
     * changed; a new id begins {@link BackendState#READY}.
     */
    public void replaceBackends(List<Backend> backends) {
        change(now -> new UpstreamSnapshot(
                name, backends.stream().map(backend -> succeed(now, backend)).toList()));
    }

    /**
     * Sets the state of one backend.
     *
     * @throws IllegalArgumentException when the upstream has no such backend
     */
    public void setState(String id, BackendState state) {
        change(now -> {
            Member member = now.member(id)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "backend: " + id + " (expected: a backend of upstream " + name + ")"));
            Member changed = new Member(member.backend(), state, member.activity());
            return new UpstreamSnapshot(
                    name,
                    now.members().stream()
                            .map(m -> m.id().equals(id) ? changed : m)
                            .toList());
        });
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

    /** Has the observer told what traffic shows of the backends, in place of any before. */
    public void watch(BackendObserver observer) {
        watcher = Objects.requireNonNull(observer, "observer");
    }

    private synchronized void change(UnaryOperator<UpstreamSnapshot> change) {
        UpstreamSnapshot next = change.apply(snapshot);
        snapshot = next;
        observers.forEach(observer -> observer.accept(next));
    }

    private Member succeed(UpstreamSnapshot now, Backend backend) {
        return now.member(backend.id())
                .map(member -> new Member(backend, member.state(), member.activity()))
                .orElseGet(() -> newcomer(backend));
    }

    private Member newcomer(Backend backend) {
        return new Member(
                backend, BackendState.READY, new BackendActivity(signal -> watcher.observed(backend.id(), signal)));
    }
}
