package io.mooring.balancer.session;

/**
 * Where a policy is declared. Scopes of different kinds may have one name and still share nothing.
 *
 * @param kind what declares it
 * @param name the upstream's or listener's name, or the route's id
 */
public record ScopeId(Kind kind, String name) {

    /** The form that tokens are signed with; no two scopes have the same. */
    @Override
    public String toString() {
        return kind.key() + "/" + name;
    }

    /** What may declare a policy. */
    public enum Kind {
        /** An upstream. */
        UPSTREAM("upstream"),
        /** A route that overrides its upstream's policy. */
        ROUTE("route"),
        /** A listener that overrides its upstream's policy. */
        LISTENER("listener");

        private final String key;

        Kind(String key) {
            this.key = key;
        }

        /** The name in logs and metrics. */
        public String key() {
            return key;
        }
    }
}
