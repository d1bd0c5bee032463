package io.mooring.config;

import java.nio.file.Path;
import java.util.Set;

/** A configuration file that cannot be read. Its message is one line with the file, and where in it the error is. */
public final class UnreadableConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Set<Path> files;

    UnreadableConfigurationException(String message, Throwable cause) {
        this(message, Set.of(), cause);
    }

    UnreadableConfigurationException(String message) {
        this(message, Set.of());
    }

    UnreadableConfigurationException(String message, Set<Path> files, Throwable cause) {
        super(Printable.of(message), cause);
        this.files = Set.copyOf(files);
    }

    UnreadableConfigurationException(String message, Set<Path> files) {
        super(Printable.of(message));
        this.files = Set.copyOf(files);
    }

    /** The files that were looked at up to the error, the one with the error among them. */
    public Set<Path> files() {
        return files;
    }
}
