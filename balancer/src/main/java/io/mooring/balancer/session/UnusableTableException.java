package io.mooring.balancer.session;

import java.io.IOException;
import java.io.Serial;

/** What was saved is no table that this scope can take over. The message says why, and what was expected. */
public final class UnusableTableException extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    UnusableTableException(String found, String expected) {
        super(found + " (expected: " + expected + ")");
    }

    static UnusableTableException damaged() {
        return new UnusableTableException("a damaged table", "one that is whole");
    }
}
