package io.mooring.gateway.files;

import java.io.IOException;
import java.io.Serial;

/** A file that is not replaced since somebody else has written it. */
public final class ChangedOnDiskException extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    ChangedOnDiskException() {
        super("it was changed on disk");
    }
}
