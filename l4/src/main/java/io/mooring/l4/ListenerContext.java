package io.mooring.l4;

import io.mooring.balancer.session.Scope;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.topology.ListenerSpec;
import org.jspecify.annotations.Nullable;

/**
 * What the connections and flows of a listener share. Those that come after the terms were changed go by the new ones.
 */
final class ListenerContext {

    private final Transport transport;
    private final BackendResolver resolver;
    private final L4Observer observer;
    private final Ticker ticker;
    private final FailureLog failures;
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
        this.failures = new FailureLog(ticker);
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

    /** Reports a failure of the gateway's own. */
    void failed(String what, @Nullable Throwable cause) {
        failures.failed(spec().name(), what, cause);
    }

    private record Terms(ListenerSpec spec, Destinations destinations) {}
}
