package io.mooring.gateway.keys;

import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The key file of the data directory cannot be used. */
public final class SigningKeyException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    SigningKeyException(Path file, String problem, @Nullable Throwable cause) {
        super(
                "signing key: " + file + " " + problem
                        + " (expected: a key file of this gateway, readable by its owner only)",
                cause);
    }
}
