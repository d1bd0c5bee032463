package io.mooring.balancer.session;

import java.util.List;
import java.util.OptionalLong;

/**
 * Some of the sessions that a scope remembers.
 *
 * @param sessions in no order that means anything
 * @param next where the next page begins; empty after the last. It means nothing to another run of the gateway
 */
public record SessionPage(List<RememberedSession> sessions, OptionalLong next) {

    public SessionPage {
        sessions = List.copyOf(sessions);
    }
}
