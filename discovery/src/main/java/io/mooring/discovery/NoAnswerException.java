package io.mooring.discovery;

import java.io.Serial;

/**
 * That a source could not be asked, or that what it says is of no use. Without a stack trace: its message says it all.
 */
final class NoAnswerException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    NoAnswerException(String message) {
        super(message, null, false, false);
    }
}
