package io.mooring.l4.tls;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Where bundles come from, by name.
 *
 * <p>Loading reads files and is not for event loops.
 */
public interface TlsBundles {

    /**
     * A bundle as it is now.
     *
     * @throws RuntimeException when there is none of this name, or it cannot be read
     */
    TlsBundle load(String name);

    /**
     * Has someone told whenever a bundle is replaced, until the program ends, by any thread but an event loop's. What
     * it is told loads the replacement, or throws as {@link #load} does.
     */
    void onReplacement(String name, Consumer<Supplier<TlsBundle>> listener);
}
