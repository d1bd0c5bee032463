package io.mooring.l4.tls;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bundle and all that is made of it. A replacement takes the place of the old one everywhere or, when something is
 * wrong with it, nowhere: then that is logged and counted, and the old one stays.
 *
 * <p>Safe for concurrent use, but not to be called on event loops.
 */
public final class BundleInUse {

    private static final Logger log = LoggerFactory.getLogger(BundleInUse.class);

    private final String name;
    private final InstantSource clock;
    private final List<Use> uses = new ArrayList<>();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private TlsBundle bundle;

    BundleInUse(String name, TlsBundles bundles, InstantSource clock) {
        this.name = name;
        this.clock = clock;
        this.bundle = loaded(name, () -> bundles.load(name));
        warnIfOutOfDate(bundle);
        bundles.onReplacement(name, this::replace);
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** How many replacements were accepted. */
    public long accepted() {
        return accepted.sum();
    }

    /** How many replacements were refused. */
    public long refused() {
        return refused.sum();
    }

    /** Puts the bundle to use, now and whenever it is replaced. */
    synchronized void use(Use use) {
        use.prepare(bundle).run();
        uses.add(use);
    }

    private synchronized void replace(Supplier<TlsBundle> replacement) {
        try {
            TlsBundle next = loaded(name, replacement);
            String problem = next.keys().isPresent() ? Credentials.of(next).outOfDate(clock.instant()) : null;
            if (problem != null) {
                throw new TlsSetupException(name, problem);
            }
            List<Runnable> changes = uses.stream().map(use -> use.prepare(next)).toList();
            changes.forEach(Runnable::run);
            bundle = next;
            accepted.increment();
            log.info("SSL bundle {} was replaced: new connections use it", name);
        } catch (RuntimeException e) {
            refused.increment();
            log.warn("the replacement was refused, and the one before stays in use: {}", e.getMessage());
            log.debug("the replacement of SSL bundle {} was refused", name, e);
        }
    }

    private void warnIfOutOfDate(TlsBundle first) {
        if (first.keys().isPresent()) {
            String problem = Credentials.of(first).outOfDate(clock.instant());
            if (problem != null) {
                log.warn("SSL bundle {}: {}", name, problem);
            }
        }
    }

    private static TlsBundle loaded(String name, Supplier<TlsBundle> supplier) {
        try {
            return supplier.get();
        } catch (TlsSetupException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new TlsSetupException(name, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** Something that is made of a bundle. */
    @FunctionalInterface
    interface Use {

        /**
         * Makes what is needed of a bundle, without using it yet.
         *
         * @return puts it to use
         * @throws TlsSetupException when it cannot be made
         */
        Runnable prepare(TlsBundle bundle);
    }
}
