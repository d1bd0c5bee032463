package io.mooring.gateway.admin;

import io.mooring.gateway.reload.RefusedChangeException;
import io.mooring.gateway.reload.UnkeptChangeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Has each request below {@link Endpoints#BASE} answered by an endpoint, or with a problem: the only place where
 * requests are judged by their form, and where what endpoints throw becomes an answer.
 *
 * <p>Endpoints are called on the threads of a scheduler, never on an event loop.
 */
final class AdminRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(AdminRoutes.class);

    /** More than any body needs. */
    private static final int MAX_BODY = 16 * 1024;

    private static final MediaType MERGE_PATCH = MediaType.parseMediaType("application/merge-patch+json");

    private final List<Endpoint> endpoints;
    private final Scheduler threads;
    private final AuditLog audit;
    private final String howToReread;

    /**
     * Routes to these endpoints.
     *
     * @param howToReread what an operator does who has written into a file that the gateway keeps changes in
     */
    AdminRoutes(List<Endpoint> endpoints, Scheduler threads, AuditLog audit, String howToReread) {
        this.endpoints = endpoints;
        this.threads = threads;
        this.audit = audit;
        this.howToReread = howToReread;
    }

    RouterFunction<ServerResponse> routes() {
        RouterFunctions.Builder builder = RouterFunctions.route();
        Map<String, Map<HttpMethod, Endpoint>> byPath = endpoints.stream()
                .collect(Collectors.groupingBy(
                        Endpoint::path, LinkedHashMap::new, Collectors.toMap(Endpoint::method, each -> each)));
        byPath.forEach((path, methods) ->
                builder.route(RequestPredicates.path(Endpoints.BASE + path), request -> answer(request, methods)));
        return builder.route(
                        RequestPredicates.path("/admin/**"),
                        request -> refuse(request, Problem.missing("such resource")))
                .build();
    }

    private Mono<ServerResponse> answer(ServerRequest request, Map<HttpMethod, Endpoint> methods) {
        Endpoint endpoint = methods.get(HttpMethod.HEAD.equals(request.method()) ? HttpMethod.GET : request.method());
        if (endpoint == null) {
            String allowed =
                    methods.keySet().stream()
                            .map(HttpMethod::name)
                            .collect(Collectors.toCollection(TreeSet::new))
                            .stream()
                            .collect(Collectors.joining(", "));
            return refuse(
                    request,
                    Problem.of(HttpStatus.METHOD_NOT_ALLOWED, "This takes " + allowed + ".")
                            .with("Allow", allowed));
        }
        return Mono.defer(() -> {
                    checkForm(request, endpoint);
                    return body(request, endpoint);
                })
                .flatMap(body -> perform(request, endpoint, body))
                .onErrorResume(error -> refuse(request, problemOf(error)));
    }

    /** A call that has begun goes on to its end, and into the audit log, also if the caller does not wait for it. */
    private Mono<ServerResponse> perform(ServerRequest request, Endpoint endpoint, byte[] body) {
        return user(request)
                .flatMap(user -> Mono.fromCallable(() -> outcome(request, endpoint, body, user))
                        .subscribeOn(threads)
                        // A caller who leaves cancels what he subscribed to, which is the cache, not the work.
                        .cache())
                .flatMap(Function.identity());
    }

    private Mono<ServerResponse> outcome(ServerRequest request, Endpoint endpoint, byte[] body, String user) {
        Call call = new Call(request, body);
        Reply reply;
        try {
            reply = endpoint.answer().apply(call);
        } catch (RuntimeException e) {
            return refuse(request, problemOf(e), user);
        }
        if (endpoint.isChange()) {
            audit.changed(
                    request.exchange().getRequest(),
                    user.isEmpty() ? null : user,
                    reply.status(),
                    call.before(),
                    call.after(),
                    "");
        }
        return write(reply, endpoint);
    }

    private Mono<ServerResponse> refuse(ServerRequest request, Problem problem) {
        return user(request).flatMap(user -> refuse(request, problem, user));
    }

    private Mono<ServerResponse> refuse(ServerRequest request, Problem problem, String user) {
        if (Answers.isChange(request.exchange().getRequest())) {
            audit.changed(
                    request.exchange().getRequest(),
                    user.isEmpty() ? null : user,
                    problem.status().value(),
                    "",
                    "",
                    problem.summary());
        }
        return problem(problem);
    }

    private static void checkForm(ServerRequest request, Endpoint endpoint) {
        request.queryParams().keySet().stream()
                .filter(name -> !endpoint.query().contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw Problem.of(
                            HttpStatus.BAD_REQUEST,
                            "The query is not as it is expected.",
                            List.of(Text.printable(name) + ": unknown parameter (expected: "
                                    + (endpoint.query().isEmpty()
                                            ? "none"
                                            : String.join(", ", new TreeSet<>(endpoint.query())))
                                    + ")"));
                });
        List<MediaType> accepted;
        MediaType type;
        try {
            accepted = request.headers().accept();
            type = request.headers().contentType().orElse(null);
        } catch (InvalidMediaTypeException e) {
            throw Problem.of(HttpStatus.BAD_REQUEST, "A media type of the call is malformed.");
        }
        if (!accepted.isEmpty() && accepted.stream().noneMatch(produced(endpoint)::isCompatibleWith)) {
            throw Problem.of(HttpStatus.NOT_ACCEPTABLE, "There is nothing but " + produced(endpoint) + ".");
        }
        if (endpoint.takesBody() && !isJson(type, endpoint)) {
            throw Problem.of(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The body is to be application/json.");
        }
        if (request.headers().contentLength().orElse(0) > MAX_BODY) {
            throw tooLarge();
        }
    }

    private static boolean isJson(@Nullable MediaType type, Endpoint endpoint) {
        return type != null
                && (type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)
                        || (HttpMethod.PATCH.equals(endpoint.method()) && type.equalsTypeAndSubtype(MERGE_PATCH)));
    }

    private static Mono<byte[]> body(ServerRequest request, Endpoint endpoint) {
        if (!endpoint.takesBody()) {
            return Mono.just(new byte[0]);
        }
        return DataBufferUtils.join(request.exchange().getRequest().getBody(), MAX_BODY)
                .map(buffer -> {
                    try {
                        byte[] bytes = new byte[buffer.readableByteCount()];
                        buffer.read(bytes);
                        return bytes;
                    } finally {
                        DataBufferUtils.release(buffer);
                    }
                })
                .defaultIfEmpty(new byte[0]);
    }

    private static Problem tooLarge() {
        return Problem.of(HttpStatus.CONTENT_TOO_LARGE, "The body has more than " + MAX_BODY + " bytes.");
    }

    /** Whose call it is; empty text if nobody said who calls. */
    private static Mono<String> user(ServerRequest request) {
        return request.principal().map(principal -> principal.getName()).defaultIfEmpty("");
    }

    private Problem problemOf(Throwable error) {
        if (error instanceof Problem problem) {
            return problem;
        }
        if (error instanceof RefusedChangeException refused) {
            return Problem.of(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "The change would be wrong, and nothing is changed.",
                    refused.errors());
        }
        if (error instanceof UnkeptChangeException unkept) {
            String why = unkept.getMessage() + (unkept.isOvertaken() ? ": " + howToReread : "");
            LOG.warn("a change was refused since it cannot be kept: {}", why);
            return Problem.of(
                    HttpStatus.INSUFFICIENT_STORAGE, "The change cannot be kept, and nothing is changed: " + why);
        }
        if (error instanceof DataBufferLimitException) {
            return tooLarge();
        }
        if (error instanceof RejectedExecutionException) {
            return Problem.of(HttpStatus.SERVICE_UNAVAILABLE, "Too many calls are waiting, or the gateway stops.");
        }
        LOG.error("a call of the admin API failed", error);
        return Problem.of(HttpStatus.INTERNAL_SERVER_ERROR, "It failed; the log says why.");
    }

    private static MediaType produced(Endpoint endpoint) {
        return endpoint.path().equals(Endpoints.DESCRIPTION) ? Endpoints.YAML : MediaType.APPLICATION_JSON;
    }

    private static Mono<ServerResponse> write(Reply reply, Endpoint endpoint) {
        ServerResponse.BodyBuilder response = safe(ServerResponse.status(reply.status()));
        reply.headers().forEach(response::header);
        return reply.body().isEmpty()
                ? response.build()
                : response.contentType(produced(endpoint)).bodyValue(reply.bytes());
    }

    private static Mono<ServerResponse> problem(Problem problem) {
        ServerResponse.BodyBuilder response = safe(ServerResponse.status(problem.status()));
        problem.headers().forEach(response::header);
        return response.contentType(MediaType.APPLICATION_PROBLEM_JSON).bodyValue(problem.body());
    }

    private static ServerResponse.BodyBuilder safe(ServerResponse.BodyBuilder response) {
        return response.header("Cache-Control", "no-store").header("X-Content-Type-Options", "nosniff");
    }
}
