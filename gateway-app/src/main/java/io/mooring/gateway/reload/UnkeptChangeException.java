package io.mooring.gateway.reload;

import io.mooring.gateway.files.ChangedOnDiskException;
import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/**
 * A change that is not made because it could not be written down, as on a full disk, or after somebody else has written
 * there.
 */
public final class UnkeptChangeException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** A change that something kept from being written down. */
    public UnkeptChangeException(Path file, IOException cause) {
        super(file + ": " + (cause instanceof ChangedOnDiskException ? cause.getMessage() : cause), cause);
    }

    UnkeptChangeException(String message) {
        super(message);
    }

    /** Whether somebody else has written there, which the gateway has to read first. */
    public boolean isOvertaken() {
        return getCause() instanceof ChangedOnDiskException;
    }
}
