package io.mooring.gateway.endtoend;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.context.support.GenericApplicationContext;
import reactor.core.publisher.Flux;

/** A registry with one service, {@code shop}, whose instances come and go as a test says; it may fail and hang. */
final class Registry implements ReactiveDiscoveryClient {

    private final Map<String, ServiceInstance> instances = new LinkedHashMap<>();
    private final AtomicInteger questions = new AtomicInteger();
    private volatile Mood mood = Mood.WELL;

    private enum Mood {
        WELL,
        FAILING,
        HANGING
    }

    /** To be a bean of a gateway. */
    void bean(GenericApplicationContext context) {
        context.registerBean("registry", ReactiveDiscoveryClient.class, () -> this);
    }

    synchronized Registry add(String id, int port) {
        return add(id, port, Map.of());
    }

    synchronized Registry add(String id, int port, Map<String, String> metadata) {
        instances.put(id, new DefaultServiceInstance(id, "shop", "127.0.0.1", port, false, metadata));
        return this;
    }

    synchronized Registry remove(String id) {
        instances.remove(id);
        return this;
    }

    Registry fail() {
        mood = Mood.FAILING;
        return this;
    }

    Registry hang() {
        mood = Mood.HANGING;
        return this;
    }

    void recover() {
        mood = Mood.WELL;
    }

    int questions() {
        return questions.get();
    }

    @Override
    public String description() {
        return "the registry of a test";
    }

    @Override
    public synchronized Flux<ServiceInstance> getInstances(String serviceId) {
        questions.incrementAndGet();
        return switch (mood) {
            case WELL ->
                serviceId.equals("shop")
                        ? Flux.fromIterable(Map.copyOf(instances).values())
                        : Flux.empty();
            case FAILING -> Flux.error(new IllegalStateException("the registry is down"));
            case HANGING -> Flux.never();
        };
    }

    @Override
    public Flux<String> getServices() {
        return Flux.just("shop");
    }
}
