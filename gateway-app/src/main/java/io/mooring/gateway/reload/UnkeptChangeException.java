package io.mooring.gateway.reload;

import java.io.Serial;

/** A change that is not made because it could not be written down, as on a full disk. */
public final class UnkeptChangeException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** A change that something kept from being written down. */
    public UnkeptChangeException(String message, Exception cause) {
        super(message, cause);
    }
}
