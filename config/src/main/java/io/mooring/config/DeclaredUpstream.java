package io.mooring.config;

import java.util.List;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * An upstream as it was bound.
 *
 * @param name its name
 * @param at where it stands
 * @param value what was bound from it
 * @param backends its backends
 */
record DeclaredUpstream(
        String name, ConfigurationPropertyName at, UpstreamProperties value, List<Entry<BackendProperties>> backends) {

    /** The policy of those that have none of their own. */
    DeclaredPolicy policy() {
        return new DeclaredPolicy(
                name, at, at.append("balancing"), value.balancing(), at.append("persistence"), value.persistence());
    }
}
