package io.mooring.gateway.reload;

import java.io.Serial;

/** Run-time changes that cannot be read. The message is one line with all reasons. */
public final class UnreadableChangesException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    UnreadableChangesException(String message, Exception cause) {
        super(message, cause);
    }
}
