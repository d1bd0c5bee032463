package io.mooring.gateway.admin;

import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Policy;
import io.mooring.balancer.session.RememberedSession;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the API tells of things. {@code openapi.yaml} says the same, and a test holds the one against the other. */
final class Views {

    private Views() {}

    /** Several things. */
    record Upstreams(List<Upstream> upstreams) {}

    /** An upstream. */
    record Upstream(String name, String scope, String balancing, PersistenceView persistence, List<Backend> backends) {}

    /** How clients are kept. */
    record PersistenceView(
            String type,
            @Nullable String idleTimeout,
            @Nullable String absoluteTimeout,
            boolean strict) {

        static PersistenceView of(Policy policy) {
            Persistence persistence = policy.persistence();
            if (persistence instanceof Persistence.Cookie cookie) {
                return timed(
                        persistence, cookie.timeouts().idle(), cookie.timeouts().absolute());
            }
            if (persistence instanceof Persistence.SourceIp source) {
                return timed(
                        persistence, source.timeouts().idle(), source.timeouts().absolute());
            }
            return new PersistenceView(persistence.kind().key(), null, null, false);
        }

        private static PersistenceView timed(Persistence persistence, Duration idle, @Nullable Duration absolute) {
            return new PersistenceView(
                    persistence.kind().key(),
                    Text.of(idle),
                    absolute == null ? null : Text.of(absolute),
                    persistence.strict());
        }
    }

    /** The backends of an upstream. */
    record Backends(List<Backend> backends) {}

    /** A backend: what is wanted of it, and how it stands. */
    record Backend(
            String id,
            String address,
            int weight,
            String state,
            Standing now,
            int active,
            long picks,
            @Nullable Integer sessions,
            List<String> changed) {}

    /** The state that a backend is in. */
    record Standing(String state, String reason, Instant since) {}

    /** The routes. */
    record Routes(List<Route> routes) {}

    /** A route. One that leads elsewhere than to an upstream has no policy. */
    record Route(
            String id,
            String uri,
            @Nullable String upstream,
            @Nullable String scope,
            @Nullable String balancing,
            @Nullable PersistenceView persistence,
            boolean ownPolicy) {}

    /** The listeners. */
    record Listeners(List<Listener> listeners) {}

    /** A listener. */
    record Listener(
            String name,
            String protocol,
            String address,
            int port,
            List<String> upstreams,
            List<String> scopes,
            String idleTimeout,
            @Nullable String balancing,
            @Nullable PersistenceView persistence,
            boolean ownPolicy,
            int open) {}

    /** The scopes. */
    record Scopes(List<ScopeView> scopes) {}

    /** A scope. */
    record ScopeView(
            String scope,
            String upstream,
            String balancing,
            PersistenceView persistence,
            Map<String, Long> outcomes,
            @Nullable Integer sessions) {}

    /** Some sessions of a scope. */
    record Page(List<Session> sessions, @Nullable Long next) {}

    /** The sessions of a client. */
    record Found(String client, List<Session> sessions) {}

    /** A session. */
    record Session(
            String scope,
            String client,
            String backend,
            Instant began,
            String idle,
            @Nullable String left,
            int open) {

        static Session of(String scope, RememberedSession session) {
            Duration left = session.left();
            return new Session(
                    scope,
                    session.client(),
                    session.backendId(),
                    session.began().truncatedTo(ChronoUnit.MILLIS),
                    Text.of(session.idle()),
                    left == null ? null : Text.of(left),
                    session.open());
        }
    }

    /** What a scope would do with a client. */
    record ExplanationView(
            String scope,
            String outcome,
            @Nullable String backend,
            boolean refused,
            @Nullable String bound,
            List<Candidate> candidates) {}

    /** A backend that a client would get if those before cannot be reached. */
    record Candidate(String id, String state, int weight, int active) {}

    /** What became of a revocation. */
    record Revoked(String scope, @Nullable Integer ended, boolean kept) {}

    /** What was changed at run time. */
    record Changes(@Nullable String unreadable, List<Change> changes) {}

    /** A run-time change. */
    record Change(String target, Map<String, String> keys, boolean inForce, List<String> reasons) {}
}
