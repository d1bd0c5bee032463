package io.mooring.gateway.endtoend;

import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Backends that answer with their id, each on a port of its own that it keeps. */
final class KillableBackends implements AutoCloseable {

    private final Map<String, Integer> ports = new HashMap<>();
    private final Map<String, DisposableServer> running = new HashMap<>();
    private final Map<String, ChannelGroup> connections = new HashMap<>();
    private final Set<String> sick = ConcurrentHashMap.newKeySet();
    private final Set<String> hanging = ConcurrentHashMap.newKeySet();
    private final List<String> ids;

    KillableBackends(String... ids) {
        this.ids = List.of(ids);
        this.ids.forEach(this::start);
    }

    /** Has a backend fail its health checks, though it serves. */
    KillableBackends sick(String id) {
        sick.add(id);
        return this;
    }

    /** Has a backend take connections and requests and say nothing any more. */
    void hang(String id) {
        hanging.add(id);
    }

    /** Makes all pass their health checks. */
    void cure() {
        sick.clear();
    }

    void start(String id) {
        ChannelGroup accepted = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .port(ports.getOrDefault(id, 0))
                .channelGroup(accepted)
                .handle((request, response) -> answer(id, request, response))
                .bindNow();
        ports.put(id, server.port());
        running.put(id, server);
        connections.put(id, accepted);
    }

    /** Closes its connections, too. */
    void kill(String id) {
        DisposableServer server = running.remove(id);
        ChannelGroup accepted = connections.remove(id);
        if (server != null && accepted != null) {
            server.disposeNow();
            accepted.close().awaitUninterruptibly();
        }
    }

    private Publisher<Void> answer(String id, HttpServerRequest request, HttpServerResponse response) {
        if (hanging.contains(id)) {
            return Mono.never();
        }
        return request.uri().equals("/healthz") && sick.contains(id)
                ? response.status(503).send()
                : response.sendString(Mono.just(id));
    }

    int port(String id) {
        return ports.getOrDefault(id, 0);
    }

    String yaml(String keys) {
        StringBuilder backends = new StringBuilder();
        ids.forEach(id -> backends.append(backends.isEmpty() ? "" : ", ")
                .append(id)
                .append(": { address: \"127.0.0.1:")
                .append(ports.get(id))
                .append("\" }"));
        return """
                mooring:
                  upstreams:
                    shop: { persistence: { type: cookie }, %s backends: { %s } }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }
                """.formatted(keys, backends);
    }

    @Override
    public void close() {
        ids.forEach(this::kill);
    }
}
