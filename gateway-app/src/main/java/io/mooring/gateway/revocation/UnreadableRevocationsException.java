package io.mooring.gateway.revocation;

import java.io.Serial;
import java.nio.file.Path;

/** The file of revocations cannot be read: without it sessions that were ended would go on. */
public final class UnreadableRevocationsException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    UnreadableRevocationsException(Path file, String what, Exception cause) {
        super(file + ": " + what, cause);
    }
}
