package io.mooring.l4.tls;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values by host name, of which some stand for all names below one. Immutable.
 *
 * <p>The exact name goes before a wildcard, and a longer wildcard before a shorter one.
 */
public final class ServerNames<T> {

    private static final String WILDCARD = "*.";

    private final Map<String, T> byName;
    private final Wildcards wildcards;

    /**
     * These values.
     *
     * @param byName values by names in lower case; a wildcard begins with {@code *.}
     * @param wildcards what wildcards stand for
     */
    public ServerNames(Map<String, T> byName, Wildcards wildcards) {
        this.byName = new HashMap<>(byName);
        this.wildcards = wildcards;
    }

    /** The value of a name in lower case, or null if it has none. */
    public @Nullable T find(@Nullable String name) {
        if (name == null || byName.isEmpty()) {
            return null;
        }
        T found = byName.get(name);
        int dot = name.indexOf('.');
        while (found == null && dot >= 0) {
            found = byName.get(WILDCARD + name.substring(dot + 1));
            dot = wildcards == Wildcards.ONE_LABEL ? -1 : name.indexOf('.', dot + 1);
        }
        return found;
    }

    /** All values. */
    public Collection<T> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /** How far a wildcard reaches. */
    public enum Wildcards {
        /** It stands for one label, as in certificates. */
        ONE_LABEL,
        /** It stands for one label or more. */
        ANY_DEPTH
    }
}
