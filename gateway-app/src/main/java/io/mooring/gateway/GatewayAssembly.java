package io.mooring.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mooring.balancer.session.SessionContext;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.topology.Fleet;
import io.mooring.config.GatewaySettings;
import io.mooring.discovery.Discovery;
import io.mooring.discovery.DnsTransport;
import io.mooring.discovery.MemberSources;
import io.mooring.filters.MooringFiltersConfiguration;
import io.mooring.gateway.accesslog.AccessLog;
import io.mooring.gateway.accesslog.ExchangeLog;
import io.mooring.gateway.accesslog.RelayLog;
import io.mooring.gateway.admin.AuditLog;
import io.mooring.gateway.discovery.DiscoveryLifecycle;
import io.mooring.gateway.health.HealthLifecycle;
import io.mooring.gateway.health.StateLog;
import io.mooring.gateway.http.HttpPorts;
import io.mooring.gateway.http.KeepaliveTimeout;
import io.mooring.gateway.keys.SigningKeyFile;
import io.mooring.gateway.listeners.ListenerLifecycle;
import io.mooring.gateway.metrics.AdminMetrics;
import io.mooring.gateway.metrics.DiscoveryMetrics;
import io.mooring.gateway.metrics.GatewayMetrics;
import io.mooring.gateway.metrics.HealthMetrics;
import io.mooring.gateway.metrics.ReloadMetrics;
import io.mooring.gateway.metrics.RequestTimers;
import io.mooring.gateway.reload.ConfigurationWatch;
import io.mooring.gateway.reload.GatewayRoutes;
import io.mooring.gateway.reload.LiveConfiguration;
import io.mooring.gateway.reload.StartedChanges;
import io.mooring.gateway.revocation.RevocationKeeper;
import io.mooring.gateway.tables.ShareWarning;
import io.mooring.gateway.tables.TableKeeper;
import io.mooring.gateway.tls.SpringTlsBundles;
import io.mooring.health.HealthMonitor;
import io.mooring.health.ProbeTransport;
import io.mooring.l4.EventLoops;
import io.mooring.l4.L4Listeners;
import io.mooring.l4.PortSharing;
import io.mooring.l4.tls.TlsContexts;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

/** Puts the parts together. */
@Configuration(proxyBeanMethods = false)
@Import(MooringFiltersConfiguration.class)
class GatewayAssembly {

    private static final Logger LOG = LoggerFactory.getLogger(GatewayAssembly.class);

    @Bean
    @ConditionalOnMissingBean
    Ticker ticker() {
        return Ticker.system();
    }

    @Bean
    @ConditionalOnMissingBean
    InstantSource wallClock() {
        return InstantSource.system();
    }

    @Bean
    KeyRing keyRing(GatewaySettings settings) {
        return new KeyRing(
                settings.keys().isEmpty()
                        ? List.of(new SigningKeyFile(settings.dataDir(), new SecureRandom()).readOrMake())
                        : settings.keys());
    }

    @Bean
    RevocationKeeper revocationKeeper(GatewaySettings settings, InstantSource wallClock) {
        return RevocationKeeper.of(settings.dataDir(), wallClock);
    }

    @Bean
    Fleet fleet(
            GatewaySettings settings,
            KeyRing keys,
            Ticker ticker,
            InstantSource wallClock,
            RevocationKeeper revocations) {
        return new Fleet(
                settings.topology(),
                new SessionContext(keys, ticker, wallClock, new SecureRandom(), new ShareWarning(), revocations::of));
    }

    @Bean
    TableKeeper tableKeeper(GatewaySettings settings, Fleet fleet) {
        return new TableKeeper(fleet, settings.dataDir(), settings.saveInterval());
    }

    @Bean
    KeepaliveTimeout keepaliveTimeout(GatewaySettings settings) {
        return new KeepaliveTimeout(settings.keepaliveTimeout());
    }

    @Bean
    AccessLog accessLog() {
        return new AccessLog();
    }

    @Bean
    ExchangeLog exchangeLog(AccessLog log, MeterRegistry registry, Ticker ticker) {
        return new ExchangeLog(log, new RequestTimers(registry), ticker);
    }

    /** One group for HTTP and layer 4, servers and clients, so that the two sides of an exchange can share a loop. */
    @Bean(destroyMethod = "dispose")
    EventLoops eventLoops() {
        EventLoops loops =
                new EventLoops("mooring-loop", LoopResources.DEFAULT_IO_WORKER_COUNT, LoopResources.DEFAULT_NATIVE);
        if (!loops.isNative()) {
            LOG.warn("sockets are the JDK's: native epoll is not available on this machine");
        }
        return loops;
    }

    @Bean
    ReactorResourceFactory reactorResources(EventLoops loops) {
        ReactorResourceFactory resources = new ReactorResourceFactory();
        resources.setUseGlobalResources(false);
        resources.setLoopResources(loops);
        return resources;
    }

    @Bean
    HttpClientCustomizer clientsOnTheSameLoops(EventLoops loops) {
        return client -> client.runOn(loops);
    }

    @Bean
    PortSharing portSharing(GatewaySettings settings, EventLoops loops) {
        if (settings.sharePorts() && !loops.isNative()) {
            LOG.warn("mooring.share-ports: true (has no effect without native epoll)");
        }
        return settings.sharePorts() ? PortSharing.BETWEEN_PROCESSES : PortSharing.NEVER;
    }

    @Bean
    HttpPorts httpPorts(EventLoops loops, PortSharing sharing) {
        return new HttpPorts(loops, sharing);
    }

    @Bean
    TlsContexts tlsContexts(SslBundles bundles, GatewaySettings settings, InstantSource wallClock) {
        return new TlsContexts(new SpringTlsBundles(bundles), settings.topology(), wallClock);
    }

    @Bean
    L4Listeners l4Listeners(EventLoops loops, AccessLog log, Ticker ticker, PortSharing sharing, TlsContexts tls) {
        return new L4Listeners(loops, new RelayLog(log), ticker, sharing, tls);
    }

    @Bean
    ListenerLifecycle listenerLifecycle(
            L4Listeners listeners,
            Fleet fleet,
            @Value("${spring.lifecycle.timeout-per-shutdown-phase}") Duration shutdownTimeout) {
        return new ListenerLifecycle(listeners, fleet, shutdownTimeout);
    }

    @Bean
    HealthMonitor healthMonitor(Fleet fleet, EventLoops loops, TlsContexts tls, Ticker ticker) {
        StateLog.follow(fleet);
        EventLoopGroup group = loops.onServer(loops.isNative());
        ProbeTransport transport = new ProbeTransport(
                group,
                loops.onChannelClass(SocketChannel.class, group),
                loops.onChannelClass(DatagramChannel.class, group));
        return new HealthMonitor(
                fleet,
                transport,
                (upstream, backend, alpn, buffers) ->
                        Objects.requireNonNull(tls.backend(upstream), upstream).handler(buffers, backend, alpn),
                ticker,
                new SecureRandom(),
                MooringApplication.proberName());
    }

    @Bean
    HealthLifecycle healthLifecycle(HealthMonitor monitor) {
        return new HealthLifecycle(monitor);
    }

    /** Clients of registries are made with the rest of the gateway, whether or not one is asked. */
    @Bean
    Discovery discovery(
            Fleet fleet, EventLoops loops, ObjectProvider<ReactiveDiscoveryClient> registry, Ticker ticker) {
        EventLoopGroup group = loops.onServer(loops.isNative());
        DnsTransport transport = new DnsTransport(
                group,
                loops.onChannelClass(SocketChannel.class, group),
                loops.onChannelClass(DatagramChannel.class, group));
        return new Discovery(
                fleet,
                new MemberSources(registry::getObject, transport),
                () -> Schedulers.fromExecutorService(Executors.newSingleThreadScheduledExecutor(task -> {
                    Thread thread = new Thread(task, "mooring-discovery");
                    thread.setDaemon(true);
                    return thread;
                })),
                ticker,
                new SecureRandom());
    }

    @Bean
    DiscoveryLifecycle discoveryLifecycle(
            Discovery discovery, LiveConfiguration configuration, Fleet fleet, ConfigurableApplicationContext context) {
        return new DiscoveryLifecycle(discovery, configuration, fleet, context);
    }

    @Bean
    MeterBinder discoveryMetrics(Fleet fleet, Discovery discovery) {
        return new DiscoveryMetrics(fleet, discovery);
    }

    @Bean
    @SuppressWarnings("rawtypes") // as Spring Cloud Gateway has it
    GatewayRoutes gatewayRoutes(
            GatewayProperties properties,
            List<RoutePredicateFactory> predicates,
            List<GatewayFilterFactory> filters,
            ConfigurationService factories,
            ApplicationEventPublisher events) {
        return new GatewayRoutes(properties, predicates, filters, factories, events);
    }

    @Bean
    LiveConfiguration liveConfiguration(
            ConfigurableEnvironment environment,
            StartedChanges changes,
            Fleet fleet,
            TlsContexts tls,
            GatewayRoutes routes,
            ListenerLifecycle listeners,
            Discovery discovery,
            RevocationKeeper revocations,
            InstantSource wallClock) {
        return new LiveConfiguration(
                environment, changes, fleet, tls, routes, listeners, discovery, revocations, wallClock);
    }

    @Bean
    ConfigurationWatch configurationWatch(LiveConfiguration configuration, GatewaySettings settings) {
        return new ConfigurationWatch(configuration, settings.reloadInterval());
    }

    @Bean
    AuditLog auditLog(Ticker ticker) {
        return new AuditLog(ticker);
    }

    @Bean
    MeterBinder reloadMetrics(LiveConfiguration configuration) {
        return new ReloadMetrics(configuration);
    }

    @Bean
    MeterBinder adminMetrics(AuditLog audit, LiveConfiguration configuration) {
        return new AdminMetrics(audit, configuration);
    }

    @Bean
    MeterBinder healthMetrics(Fleet fleet, HealthMonitor monitor) {
        return new HealthMetrics(fleet, monitor);
    }

    @Bean
    MeterBinder gatewayMetrics(
            Fleet fleet, ListenerLifecycle listeners, TlsContexts tls, TableKeeper tables, AccessLog log) {
        return new GatewayMetrics(fleet, listeners, tls, tables, log);
    }
}
