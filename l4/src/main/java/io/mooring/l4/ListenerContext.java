package io.mooring.l4;

import io.mooring.balancer.session.Scope;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.topology.ListenerSpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the connections and flows of a listener share. Those that come after the terms were changed go by the new ones.
 */
final class ListenerContext {

    private static final Logger log = LoggerFactory.getLogger(ListenerContext.class);

    private final Transport transport;
    private final BackendResolver resolver;
    private final L4Observer observer;
    private final Ticker ticker;
    private volatile Terms terms;

    ListenerContext(
            ListenerSpec spec,
            Destinations destinations,
            Transport transport,
            BackendResolver resolver,
            L4Observer observer,
            Ticker ticker) {
        this.terms = new Terms(spec, destinations);
        this.transport = transport;
        this.resolver = resolver;
        this.observer = observer;
        this.ticker = ticker;
    }

    ListenerSpec spec() {
        return terms.spec;
    }

    Destinations destinations() {
        return terms.destinations;
    }

    Transport transport() {
        return transport;
    }

    BackendResolver resolver() {
        return resolver;
    }

    Ticker ticker() {
        return ticker;
    }

    /** Has clients that come from now on be served so. */
    void become(ListenerSpec spec, Destinations destinations) {
        terms = new Terms(spec, destinations);
    }

    /** What decides for the clients that nothing leads elsewhere. */
    Scope scope() {
        return destinations().byDefault().scope();
    }

    /** Tells the observer, whose failure is no connection's. */
    void ended(ConnectionRecord record) {
        try {
            observer.ended(record);
        } catch (Throwable e) {
            failed("the observer", e);
        }
    }

    /** Reports a failure of the gateway's own, in one line; the stack trace is for those who debug. */
    void failed(String what, @Nullable Throwable cause) {
        log.warn("listener {}: {} failed: {}", spec().name(), what, String.valueOf(cause));
        log.debug("listener {}: {} failed", spec().name(), what, cause);
    }

    private record Terms(ListenerSpec spec, Destinations destinations) {}
}
