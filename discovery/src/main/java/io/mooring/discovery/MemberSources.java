package io.mooring.discovery;

import io.mooring.balancer.topology.DiscoverySpec;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Makes sources of members. Nothing is made before it is needed. Safe for concurrent use. */
public final class MemberSources implements AutoCloseable {

    /**
     * Clients of registries may block: so many of their calls may hang at once, and so many more wait for one to end.
     */
    private static final int HANGING_CALLS = 8;

    private static final int WAITING_CALLS = 100;
    private static final int IDLE_SECONDS = 60;

    private final Supplier<ReactiveDiscoveryClient> registry;
    private final DnsTransport transport;
    private @Nullable Scheduler calls;

    /**
     * Sources that ask these.
     *
     * @param registry called for each question to a registry
     * @param transport where name servers are asked from
     */
    public MemberSources(Supplier<ReactiveDiscoveryClient> registry, DnsTransport transport) {
        this.registry = registry;
        this.transport = transport;
    }

    /** A source of what is declared, which the caller closes. */
    MemberSource of(DiscoverySpec spec) {
        DiscoverySpec.Source source = spec.source();
        if (source instanceof DiscoverySpec.Source.Registry service) {
            return new RegistrySource(registry, service, calls());
        }
        if (source instanceof DiscoverySpec.Source.Names names) {
            return new DnsSource(names, spec.timeout(), transport);
        }
        throw new IllegalStateException("source: " + source + " (expected: one that is known)");
    }

    @Override
    public synchronized void close() {
        if (calls != null) {
            calls.dispose();
        }
    }

    /** Calls wait for whichever thread is free first, which those of a bounded elastic scheduler do not. */
    private static ExecutorService threads() {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                HANGING_CALLS,
                HANGING_CALLS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(WAITING_CALLS),
                task -> {
                    Thread thread = new Thread(task, "mooring-registry-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private synchronized Scheduler calls() {
        Scheduler made = calls;
        if (made == null) {
            made = Schedulers.fromExecutorService(threads());
            calls = made;
        }
        return made;
    }
}
