package io.mooring.balancer.session;

import java.util.HashMap;
import java.util.Map;

/**
 * How often an operator has ended all sessions of a scope, or those of one of its backends. Tokens
 * carry the number of their time; another number is an ended session.
 */
record Epochs(int scope, Map<String, Integer> backends) {

    static final Epochs FIRST = new Epochs(0, Map.of());

    Epochs {
        backends = Map.copyOf(backends);
    }

    /** The number that tokens for this backend carry. */
    int of(String backendId) {
        return (scope << 16) | (backends.getOrDefault(backendId, 0) & 0xffff);
    }

    /** Whether a token's number is of the scope's present epoch, whatever its backend. */
    boolean isOfScope(int epoch) {
        return epoch >>> 16 == (scope & 0xffff);
    }

    Epochs afterAllEnded() {
        return new Epochs(scope + 1, backends);
    }

    Epochs afterEnded(String backendId) {
        Map<String, Integer> next = new HashMap<>(backends);
        next.merge(backendId, 1, Integer::sum);
        return new Epochs(scope, next);
    }
}
