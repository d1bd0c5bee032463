package io.mooring.gateway.revocation;

import io.mooring.balancer.session.Revocations;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.gateway.files.DurableText;
import io.mooring.gateway.reload.KeptBeside;
import io.mooring.gateway.reload.UnkeptChangeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Keeps what operators have ended of the sessions that clients carry, so that it holds after a restart, and for a scope
 * that is gone for a while.
 *
 * <p>Safe for concurrent use. Ending is for other threads than event loops.
 */
public final class RevocationKeeper implements KeptBeside {

    /** The file's name in the data directory. */
    public static final String NAME = "revocations.yml";

    private final DurableText file;
    private final InstantSource clock;
    private volatile Contents contents;

    private RevocationKeeper(DurableText file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
        this.contents = Contents.of(file);
    }

    /**
     * Takes over what was kept in a data directory, which need not exist yet.
     *
     * @throws UnreadableRevocationsException when it cannot be read
     */
    public static RevocationKeeper of(Path dataDir, InstantSource clock) {
        DurableText file = new DurableText(dataDir.resolve(NAME));
        file.sweep();
        return new RevocationKeeper(file, clock);
    }

    /** What was ended in a scope. */
    public Revocations of(ScopeId scope) {
        return contents.known().getOrDefault(scope, Revocations.NONE);
    }

    /**
     * Ends sessions that a scope's clients carry. It is on the disk, and in force, when this returns.
     *
     * @throws UnkeptChangeException when it cannot be kept, or somebody else has written the file; then nothing is
     *     ended
     * @throws IllegalStateException when there is no room to keep it, or clients carry no sessions of the scope
     */
    public synchronized void revoke(Scope scope, UnaryOperator<Revocations> end) {
        if (scope.revocations().isEmpty()) {
            throw new IllegalStateException("clients carry no sessions of this scope");
        }
        Revocations next = end.apply(of(scope.id()));
        Map<ScopeId, Revocations> all = new HashMap<>(contents.known());
        all.put(scope.id(), next);
        Instant now = clock.instant();
        String text = RevocationText.write(all, now);
        try {
            file.replace(contents.text(), text);
        } catch (IOException e) {
            throw new UnkeptChangeException(file.path(), e);
        }
        contents = new Contents(Optional.of(text), Map.copyOf(all));
        scope.revoke(next);
    }

    /**
     * {@inheritDoc}
     *
     * @throws UnreadableRevocationsException when it cannot be read
     */
    @Override
    public Consumer<Collection<Scope>> reread() {
        Contents now = Contents.of(file);
        return scopes -> follow(now, scopes);
    }

    private synchronized void follow(Contents now, Collection<Scope> scopes) {
        contents = now;
        scopes.stream().filter(scope -> scope.revocations().isPresent()).forEach(scope -> scope.revoke(of(scope.id())));
    }

    /**
     * What the file has in it.
     *
     * @param text empty if there is no file
     * @param known what it says
     */
    private record Contents(Optional<String> text, Map<ScopeId, Revocations> known) {

        static Contents of(DurableText file) {
            try {
                Optional<String> text = file.read();
                return new Contents(text, text.map(RevocationText::read).orElse(Map.of()));
            } catch (IOException | RuntimeException e) {
                throw new UnreadableRevocationsException(file.path(), String.valueOf(e.getMessage()), e);
            }
        }
    }
}
