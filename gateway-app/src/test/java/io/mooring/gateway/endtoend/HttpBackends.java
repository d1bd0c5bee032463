package io.mooring.gateway.endtoend;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/** Backends {@code <name>-1}, {@code <name>-2}, ... that answer with their own id. */
final class HttpBackends implements AutoCloseable {

    private final List<String> ids = new ArrayList<>();
    private final LoopResources loops = LoopResources.create("backend", 1, true);
    private final List<DisposableServer> servers = new ArrayList<>();

    private HttpBackends() {}

    static HttpBackends start(String name, int count) {
        return start(
                name,
                count,
                id -> (request, response) ->
                        response.header("Content-Type", "text/plain").sendString(Mono.just(id)));
    }

    static HttpBackends start(String name, int count, Behaviour behaviour) {
        HttpBackends backends = new HttpBackends();
        for (int i = 1; i <= count; i++) {
            String id = name + "-" + i;
            backends.ids.add(id);
            backends.servers.add(HttpServer.create()
                    .runOn(backends.loops)
                    .host("127.0.0.1")
                    .port(0)
                    .handle(behaviour.of(id))
                    .bindNow());
        }
        return backends;
    }

    /** The {@code backends} of an upstream, as YAML in flow style. */
    String yaml() {
        StringBuilder yaml = new StringBuilder();
        for (int i = 0; i < ids.size(); i++) {
            yaml.append(i == 0 ? "{ " : ", ")
                    .append(ids.get(i))
                    .append(": { address: \"127.0.0.1:")
                    .append(servers.get(i).port())
                    .append("\" }");
        }
        return yaml.append(" }").toString();
    }

    List<Integer> ports() {
        return servers.stream().map(DisposableServer::port).toList();
    }

    List<String> ids() {
        return ids;
    }

    @Override
    public void close() {
        servers.forEach(DisposableServer::disposeNow);
        loops.dispose();
    }

    /** What a backend does with a request. */
    interface Behaviour {
        BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> of(String id);
    }
}
