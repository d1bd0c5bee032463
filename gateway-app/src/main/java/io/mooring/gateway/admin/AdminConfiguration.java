package io.mooring.gateway.admin;

import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.topology.Fleet;
import io.mooring.config.GatewaySettings;
import io.mooring.gateway.listeners.ListenerLifecycle;
import io.mooring.gateway.reload.LiveConfiguration;
import io.mooring.gateway.revocation.RevocationKeeper;
import io.mooring.gateway.tables.TableKeeper;
import java.time.InstantSource;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Puts the API together, for the management port where that is a port of its own. */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
public class AdminConfiguration {

    /** One changes while another reads. */
    private static final int THREADS = 2;

    private static final int WAITING_CALLS = 64;
    private static final int WAITING_PASSWORDS = 32;

    /** How long a thread without work is kept. */
    private static final int IDLE_SECONDS = 60;

    /** Before Spring Boot's endpoints, which are asked often, there is little to compare. */
    private static final int ORDER = -200;

    /** Calls wait for whichever thread is free first, which those of a bounded elastic scheduler do not. */
    @Bean(destroyMethod = "dispose")
    Scheduler adminThreads() {
        return threads(THREADS, WAITING_CALLS, "mooring-admin");
    }

    /**
     * Of its own, so that who guesses passwords holds up no call of those who know theirs any longer than it takes to
     * see that.
     */
    @Bean(destroyMethod = "dispose")
    Scheduler passwordThread() {
        return threads(1, WAITING_PASSWORDS, "mooring-passwords");
    }

    private static Scheduler threads(int threads, int waiting, String name) {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(waiting), task -> {
                    Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return Schedulers.fromExecutorService(pool);
    }

    @Bean
    RouterFunctionMapping adminRoutes(
            LiveConfiguration configuration,
            Fleet fleet,
            ListenerLifecycle listeners,
            GatewayProperties definitions,
            RevocationKeeper revocations,
            TableKeeper tables,
            InstantSource clock,
            Scheduler adminThreads,
            AuditLog audit) {
        Gateway gateway = new Gateway(configuration, fleet, listeners, definitions, revocations, tables, clock);
        // A start need not wait for what most starts are not asked for.
        SingletonSupplier<RouterFunction<ServerResponse>> routes = SingletonSupplier.of(
                () -> new AdminRoutes(Endpoints.of(gateway), adminThreads, audit, howToReread(configuration)).routes());
        RouterFunctionMapping mapping = new RouterFunctionMapping(
                request -> Answers.isOfApi(request.exchange().getRequest())
                        ? routes.obtain().route(request)
                        : Mono.empty());
        mapping.setOrder(ORDER);
        return mapping;
    }

    /** A gateway of no file ends on the signal. */
    private static String howToReread(LiveConfiguration configuration) {
        return configuration.files().isEmpty() ? "it is read at the next start" : "have it read again (SIGHUP)";
    }

    @Bean
    WebFilter probes(WebEndpointProperties endpoints) {
        return new Probes(endpoints);
    }

    @Bean
    WebFilter browserGuard(AuditLog audit) {
        return new BrowserGuard(audit);
    }

    @Bean
    WebFilter credentials(GatewaySettings settings, Ticker ticker, Scheduler passwordThread, AuditLog audit) {
        return settings.users().isEmpty()
                ? (exchange, chain) -> chain.filter(exchange)
                : new Credentials(settings.users(), new Pauses(ticker), passwordThread, audit);
    }
}
