package io.mooring.config;

/** A configuration file that cannot be read. Its message is one line with the file, and where in it the error is. */
public final class UnreadableConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnreadableConfigurationException(String message, Throwable cause) {
        super(Printable.of(message), cause);
    }

    UnreadableConfigurationException(String message) {
        super(Printable.of(message));
    }
}
