package io.mooring.gateway.reload;

import io.mooring.balancer.session.Scope;
import java.util.Collection;
import java.util.function.Consumer;

/** Something that the gateway keeps beside the configuration, and reads again with it. */
public interface KeptBeside {

    /**
     * Reads it, for trial.
     *
     * @return has these scopes go by it; does not fail
     * @throws RuntimeException when it cannot be read, with a line that says why
     */
    Consumer<Collection<Scope>> reread();
}
