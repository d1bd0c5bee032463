package io.mooring.filters.support;

import io.mooring.balancer.upstream.Backend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** A backend that answers with its id and remembers what it was asked. */
public final class TestBackend implements AutoCloseable {

    private static final int MAX_HEADER_BYTES = 65_536;

    private final String id;
    private final DisposableServer server;
    private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();

    /** What the backend saw of a request. */
    public record Seen(String method, String uri, List<Map.Entry<String, String>> headers) {

        /** The values of a header, one for each line. */
        public List<String> all(String name) {
            return headers.stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .toList();
        }
    }

    private TestBackend(String id, BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> handler) {
        this.id = id;
        this.server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .httpRequestDecoder(spec -> spec.maxHeaderSize(MAX_HEADER_BYTES))
                .handle((request, response) -> {
                    List<Map.Entry<String, String>> headers = new ArrayList<>();
                    request.requestHeaders().forEach(headers::add);
                    seen.add(new Seen(request.method().name(), request.uri(), headers));
                    return handler.apply(request, response.header("X-Backend", id));
                })
                .bindNow();
    }

    /** A backend that answers at once. */
    public static TestBackend answering(String id) {
        return new TestBackend(id, (request, response) -> response.sendString(Mono.just(id)));
    }

    /** A backend that answers as it is told. */
    public static TestBackend of(
            String id, BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> handler) {
        return new TestBackend(id, handler);
    }

    public String id() {
        return id;
    }

    public int port() {
        return server.port();
    }

    public Backend weighing(int weight) {
        return new Backend(id, "127.0.0.1", port(), weight);
    }

    public Backend backend() {
        return weighing(Backend.DEFAULT_WEIGHT);
    }

    /** All requests since the last call. */
    public List<Seen> drain() {
        List<Seen> all = new ArrayList<>();
        for (Seen next = seen.poll(); next != null; next = seen.poll()) {
            all.add(next);
        }
        return all;
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(1));
    }
}
