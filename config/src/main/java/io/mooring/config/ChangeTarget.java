package io.mooring.config;

import java.util.Comparator;
import java.util.Optional;

/**
 * What a run-time change is about.
 *
 * @param kind which kind of thing
 * @param name of the upstream or listener, or the route's id
 * @param backend the backend's id, with {@link Kind#BACKEND} only
 */
public record ChangeTarget(Kind kind, String name, Optional<String> backend) implements Comparable<ChangeTarget> {

    private static final Comparator<ChangeTarget> ORDER = Comparator.comparing(ChangeTarget::kind)
            .thenComparing(ChangeTarget::name)
            .thenComparing(target -> target.backend().orElse(""));

    public ChangeTarget {
        if (backend.isPresent() != (kind == Kind.BACKEND)) {
            throw new IllegalArgumentException(
                    "backend: " + backend.orElse("none") + " (expected: one with the kind backend, and only then)");
        }
    }

    /** An upstream's policy. */
    public static ChangeTarget upstream(String name) {
        return new ChangeTarget(Kind.UPSTREAM, name, Optional.empty());
    }

    /** A backend of an upstream. */
    public static ChangeTarget backend(String upstream, String id) {
        return new ChangeTarget(Kind.BACKEND, upstream, Optional.of(id));
    }

    /** A route's policy. */
    public static ChangeTarget route(String id) {
        return new ChangeTarget(Kind.ROUTE, id, Optional.empty());
    }

    /** A listener's policy. */
    public static ChangeTarget listener(String name) {
        return new ChangeTarget(Kind.LISTENER, name, Optional.empty());
    }

    /** Whether it is about what decides for clients rather than about a server. */
    boolean isPolicy() {
        return kind != Kind.BACKEND;
    }

    @Override
    public int compareTo(ChangeTarget other) {
        return ORDER.compare(this, other);
    }

    /** As a path: {@code upstreams/shop/backends/shop-1}. */
    @Override
    public String toString() {
        return kind.key() + "/" + name + backend.map(id -> "/backends/" + id).orElse("");
    }

    /** The kinds of things that can be changed at run time. */
    public enum Kind {
        /** An upstream's policy. */
        UPSTREAM("upstreams"),
        /** A backend of an upstream. */
        BACKEND("upstreams"),
        /** A route's policy. */
        ROUTE("routes"),
        /** A listener's policy. */
        LISTENER("listeners");

        private final String key;

        Kind(String key) {
            this.key = key;
        }

        /** Under which key they are written down. */
        public String key() {
            return key;
        }
    }
}
