package io.mooring.gateway.revocation;

import io.mooring.balancer.session.Revocations;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.gateway.files.DurableText;
import io.mooring.gateway.reload.UnkeptChangeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Keeps what operators have ended of the sessions that clients carry, so that it holds after a restart, and for a scope
 * that is gone for a while.
 *
 * <p>Safe for concurrent use. Ending is for other threads than event loops.
 */
public final class RevocationKeeper {

    /** The file's name in the data directory. */
    public static final String NAME = "revocations.yml";

    private final DurableText file;
    private final InstantSource clock;
    private volatile Map<ScopeId, Revocations> known;

    private RevocationKeeper(DurableText file, InstantSource clock, Map<ScopeId, Revocations> known) {
        this.file = file;
        this.clock = clock;
        this.known = known;
    }

    /**
     * Takes over what was kept in a data directory, which need not exist yet.
     *
     * @throws UnreadableRevocationsException when it cannot be read
     */
    public static RevocationKeeper of(Path dataDir, InstantSource clock) {
        DurableText file = new DurableText(dataDir.resolve(NAME));
        file.sweep();
        try {
            Map<ScopeId, Revocations> known =
                    file.read().map(RevocationText::read).orElse(Map.of());
            return new RevocationKeeper(file, clock, known);
        } catch (IOException | RuntimeException e) {
            throw new UnreadableRevocationsException(file.path(), String.valueOf(e.getMessage()), e);
        }
    }

    /** What was ended in a scope. */
    public Revocations of(ScopeId scope) {
        return known.getOrDefault(scope, Revocations.NONE);
    }

    /**
     * Ends sessions that a scope's clients carry. It is on the disk, and in force, when this returns.
     *
     * @throws UnkeptChangeException when it cannot be kept; then nothing is ended
     * @throws IllegalStateException when there is no room to keep it, or clients carry no sessions of the scope
     */
    public synchronized void revoke(Scope scope, UnaryOperator<Revocations> end) {
        if (scope.revocations().isEmpty()) {
            throw new IllegalStateException("clients carry no sessions of this scope");
        }
        Revocations next = end.apply(of(scope.id()));
        Map<ScopeId, Revocations> all = new HashMap<>(known);
        all.put(scope.id(), next);
        Instant now = clock.instant();
        try {
            file.write(RevocationText.write(all, now));
        } catch (IOException e) {
            throw new UnkeptChangeException(file.path() + ": " + e, e);
        }
        known = Map.copyOf(all);
        scope.revoke(next);
    }
}
