package io.mooring.filters;

import io.mooring.balancer.session.CookieAction;
import io.mooring.balancer.session.Decision;
import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.upstream.Member;
import io.mooring.filters.backend.BackendFailure;
import io.mooring.filters.cookie.CacheControl;
import io.mooring.filters.cookie.SetCookie;
import io.mooring.filters.loadbalancer.DecisionRequest;
import io.mooring.filters.loadbalancer.DecisionResponse;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * What the gateway knows of one exchange's session: who asks, what was decided, and how far it has come.
 *
 * <p>The filters of the exchange use it one after another. Only {@link #close} may come at any time, from any thread,
 * since clients leave when they like; whichever comes second, a choice or the end, sees to it that nothing stays open.
 */
final class ExchangeSession {

    static final ExchangeKey<ExchangeSession> KEY = new ExchangeKey<>(ExchangeSession.class);

    private final ScopeBinding binding;
    private final DecisionRequest request;
    private final boolean overTls;
    private final List<SetCookie> outdated;
    private volatile @Nullable DecisionResponse response;
    private volatile boolean answered;
    private volatile boolean closed;
    private volatile boolean uploading;
    private volatile boolean bodyBegun;
    private int repeats;
    private boolean moved;
    private boolean crowded;
    private volatile CookieAction cookieAction = CookieAction.NONE;

    /**
     * A session of which nothing is decided yet.
     *
     * @param overTls whether the client came over TLS
     * @param outdated cookies of names that the scope's had before, which the client has sent
     */
    ExchangeSession(ScopeBinding binding, DecisionRequest request, boolean overTls, List<SetCookie> outdated) {
        this.binding = binding;
        this.request = request;
        this.overTls = overTls;
        this.outdated = outdated;
    }

    /** What was decided, or null if nothing is yet. */
    @Nullable
    Decision decision() {
        DecisionResponse decided = response;
        return decided == null ? null : decided.decision();
    }

    /** What the load balancer answered, or null if it was not asked yet. */
    @Nullable
    DecisionResponse response() {
        return response;
    }

    /** The backend in use, or null if there is none. */
    @Nullable
    Member member() {
        Decision decision = decision();
        return decision == null ? null : decision.member();
    }

    /** What the response did to the client's cookie. */
    CookieAction cookieAction() {
        return cookieAction;
    }

    /** Whether the backend's response has begun. */
    boolean isAnswered() {
        return answered;
    }

    /**
     * Chooses a backend, or when one was tried that did not answer, the next. One that answered is asked again: it is a
     * filter of the route that wants to.
     *
     * @return the backend to try, or null when there is none, or when the exchange is over
     */
    @Nullable
    Member choose() {
        if (closed) {
            return null;
        }
        Decision decided = decision();
        if (decided != null) {
            return answered ? decided.member() : next(decided);
        }
        DecisionResponse first = binding.balancer().decide(request);
        response = first;
        if (closed) {
            first.decision().close();
            return null;
        }
        return first.decision().member();
    }

    private @Nullable Member next(Decision decided) {
        if (!crowded) {
            return decided.failover();
        }
        Member next = decided.giveWay();
        crowded = next == null;
        return next;
    }

    /** Takes note that the backend in use has no free connection: the client goes elsewhere, its session does not. */
    void crowded() {
        crowded = true;
    }

    /** Whether the backend in use was found unable to serve since it was chosen, or is gone. */
    boolean isLost() {
        Decision decided = decision();
        if (decided == null) {
            return false;
        }
        Member used = decided.member();
        return used != null
                && decided.scope()
                        .upstream()
                        .snapshot()
                        .member(used.id())
                        .filter(Member::servesBound)
                        .isEmpty();
    }

    /** Takes note that the backend's response has begun, or that nothing else will be tried. */
    void settle() {
        answered = true;
        Decision decided = decision();
        if (decided != null) {
            decided.settle();
        }
    }

    /** Takes note that the client is to send a body, or has sent all of it. */
    void uploading(boolean now) {
        uploading = now;
    }

    /** Whether the client has not sent all of its body, so that a silence may be its own. */
    boolean isUploading() {
        return uploading;
    }

    /** Takes note of a part of the client's body. */
    void bodyPart(int bytes) {
        bodyBegun = true;
        Member member = member();
        if (member != null) {
            member.activity().addBytesToBackend(bytes);
        }
    }

    /**
     * Whether a part of a body was taken from the client, or is still to come, so that the request cannot be sent
     * again.
     */
    boolean hasBody() {
        return bodyBegun || uploading;
    }

    /** Takes note that the request is to be sent to the same backend again; the attempts follow one another. */
    int repeat() {
        return ++repeats;
    }

    /**
     * Allows the request to be sent to another backend, though the one before may have seen it, or has let it wait:
     * once, if the policy does.
     */
    boolean move() {
        Decision decided = decision();
        if (moved || decided == null || isStrict(decided)) {
            return false;
        }
        moved = true;
        return true;
    }

    private static boolean isStrict(Decision decided) {
        return decided.outcome() == Outcome.KEPT
                && decided.scope().policy().persistence().strict();
    }

    /** Whether {@link #close} was called. */
    boolean isOver() {
        return closed;
    }

    /** Why {@link #choose} gave none, by what the last candidate failed with. */
    BackendFailure refusal(@Nullable BackendFailure last) {
        Decision decided = decision();
        if (decided != null && decided.isRefused()) {
            return new BackendFailure(BackendFailure.Kind.REFUSED, last);
        }
        return last == null ? new BackendFailure(BackendFailure.Kind.NONE_AVAILABLE, null) : last;
    }

    /**
     * Writes the cookie into the head of a response; what the backend says of a cookie of this name is not for the
     * client.
     */
    void writeCookie(HttpHeaders headers) {
        SetCookie cookie = binding.cookie();
        Decision decided = decision();
        if (cookie == null || decided == null) {
            return;
        }
        List<String> others = headers.get(HttpHeaders.SET_COOKIE);
        if (others != null) {
            List<String> kept = cookie.without(others);
            if (kept.isEmpty()) {
                headers.remove(HttpHeaders.SET_COOKIE);
            } else if (kept.size() < others.size()) {
                headers.put(HttpHeaders.SET_COOKIE, kept);
            }
        }
        CookieAction action = decided.cookieAction();
        if (!answered || action == CookieAction.NONE) {
            return;
        }
        cookieAction = action;
        headers.add(HttpHeaders.SET_COOKIE, cookie.render(decided.cookieValue(), overTls, decided.cookieMaxAge()));
        for (SetCookie former : outdated) {
            boolean another = others != null && former.without(others).size() < others.size();
            if (!another) {
                headers.add(HttpHeaders.SET_COOKIE, former.render("", overTls, Duration.ZERO));
            }
        }
        String cacheControl = CacheControl.keepPrivate(headers.getOrEmpty(HttpHeaders.CACHE_CONTROL));
        if (cacheControl != null) {
            headers.set(HttpHeaders.CACHE_CONTROL, cacheControl);
        }
    }

    /** Ends the use of the backend; calling it again does nothing. */
    void close() {
        closed = true;
        Decision decided = decision();
        if (decided != null) {
            decided.close();
        }
    }
}
