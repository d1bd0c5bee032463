package io.mooring.l4;

import io.mooring.balancer.session.Scope;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.topology.ListenerSpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the connections and flows of a listener share. */
record ListenerContext(
        ListenerSpec spec,
        Destinations destinations,
        Transport transport,
        BackendResolver resolver,
        L4Observer observer,
        Ticker ticker) {

    private static final Logger log = LoggerFactory.getLogger(ListenerContext.class);

    /** What decides for the clients that nothing leads elsewhere. */
    Scope scope() {
        return destinations.byDefault().scope();
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
        log.warn("listener {}: {} failed: {}", spec.name(), what, String.valueOf(cause));
        log.debug("listener {}: {} failed", spec.name(), what, cause);
    }
}
