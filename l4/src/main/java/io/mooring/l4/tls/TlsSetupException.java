package io.mooring.l4.tls;

import org.jspecify.annotations.Nullable;

/** Says that TLS cannot be set up with a bundle, in one line. */
public final class TlsSetupException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String bundle;

    TlsSetupException(String bundle, String problem) {
        this(bundle, problem, null);
    }

    TlsSetupException(String bundle, String problem, @Nullable Throwable cause) {
        super("SSL bundle " + bundle + ": " + problem, cause);
        this.bundle = bundle;
    }

    /** The bundle's name. */
    public String bundle() {
        return bundle;
    }
}
