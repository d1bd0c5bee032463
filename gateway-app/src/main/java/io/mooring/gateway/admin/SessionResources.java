package io.mooring.gateway.admin;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.session.Explanation;
import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.Persistence;
import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.session.SessionDirectory;
import io.mooring.balancer.session.SessionPage;
import io.mooring.balancer.upstream.Member;
import io.mooring.config.AdminUser;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;

/** The scopes and their sessions: who is where, what would become of a client, and the end of sessions. */
final class SessionResources {

    private static final String SCOPE = "/scopes/{kind}/{name}";
    private static final int PAGE = 100;
    private static final int MAX_PAGE = 1_000;
    private static final int MAX_COOKIE = 4_096;

    private static final Fields CLIENT = new Fields(Map.of(
            "client", Fields.Type.TEXT,
            "port", Fields.Type.NUMBER,
            "cookie", Fields.Type.TEXT));
    private static final Fields REVOCATION = new Fields(Map.of(
            "client", Fields.Type.TEXT,
            "backend", Fields.Type.TEXT,
            "all", Fields.Type.FLAG));

    private final Gateway gateway;

    SessionResources(Gateway gateway) {
        this.gateway = gateway;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get(
                        "/scopes",
                        call -> Reply.of(new Views.Scopes(gateway.fleet().scopes().stream()
                                .map(SessionResources::view)
                                .toList()))),
                Endpoint.get(SCOPE, call -> Reply.of(view(scope(call)))),
                Endpoint.get(SCOPE + "/sessions", this::page, "backend", "place", "limit"),
                Endpoint.get("/sessions", this::find, "client"),
                new Endpoint(HttpMethod.POST, SCOPE + "/explain", Set.of(), AdminUser.Role.READ, this::explain),
                Endpoint.change(HttpMethod.POST, SCOPE + "/revocations", this::revoke));
    }

    private Reply page(Call call) {
        Scope scope = scope(call);
        SessionDirectory directory = scope.directory()
                .orElseThrow(() -> Problem.of(
                        HttpStatus.CONFLICT,
                        "The gateway remembers no sessions of this scope: its clients carry them, or have none."));
        long place = call.query("place").map(SessionResources::place).orElse(SessionDirectory.START);
        SessionPage page = page(directory, call, place);
        return Reply.of(new Views.Page(
                page.sessions().stream()
                        .map(session -> Views.Session.of(scope.id().toString(), session))
                        .toList(),
                page.next().isPresent() ? page.next().getAsLong() : null));
    }

    private static SessionPage page(SessionDirectory directory, Call call, long place) {
        int limit = call.number("limit", 1, MAX_PAGE).orElse(PAGE);
        try {
            return directory.page(call.query("backend"), place, limit);
        } catch (IllegalArgumentException e) {
            throw wrong("place", String.valueOf(place), "what the page before says");
        }
    }

    private Reply find(Call call) {
        String text = call.query("client")
                .orElseThrow(() -> Problem.of(
                        HttpStatus.BAD_REQUEST,
                        "The query is not as it is expected.",
                        List.of("client: missing (expected: an IP address)")));
        InetAddress client = address("client", text);
        return Reply.of(new Views.Found(
                client.getHostAddress(),
                gateway.fleet().scopes().stream()
                        .flatMap(scope -> scope.directory().stream()
                                .flatMap(directory -> directory.find(client).stream()
                                        .map(session ->
                                                Views.Session.of(scope.id().toString(), session))))
                        .toList()));
    }

    private Reply explain(Call call) {
        Map<String, Optional<String>> fields = call.body(CLIENT);
        Scope scope = scope(call);
        InetAddress client =
                value(fields, "client").map(text -> address("client", text)).orElse(null);
        int port = value(fields, "port").map(SessionResources::port).orElse(Scope.NO_PORT);
        List<String> cookies = value(fields, "cookie").stream().toList();
        if (cookies.stream().anyMatch(cookie -> cookie.length() > MAX_COOKIE)) {
            throw Problem.of(HttpStatus.BAD_REQUEST, "The cookie has more than " + MAX_COOKIE + " characters.");
        }
        Explanation said = scope.explain(client, port, cookies);
        return Reply.of(new Views.ExplanationView(
                scope.id().toString(),
                said.outcome().key(),
                said.candidates().stream().findFirst().map(Member::id).orElse(null),
                said.refused(),
                said.bound().map(Member::id).orElse(null),
                said.candidates().stream()
                        .map(member -> new Views.Candidate(
                                member.id(),
                                member.state().key(),
                                member.backend().weight(),
                                member.activity().active()))
                        .toList()));
    }

    private Reply revoke(Call call) {
        Map<String, Optional<String>> fields = call.body(REVOCATION);
        Optional<String> client = value(fields, "client");
        Optional<String> backend = value(fields, "backend");
        boolean all = value(fields, "all").filter("true"::equals).isPresent();
        if (Stream.of(client.isPresent(), backend.isPresent(), all)
                        .filter(Boolean::booleanValue)
                        .count()
                != 1) {
            throw Problem.of(HttpStatus.BAD_REQUEST, "The body is to have one of client, backend, or all: true.");
        }
        Optional<InetAddress> address = client.map(text -> address("client", text));
        Ended ended = gateway.configuration().undisturbed(() -> {
            Ended now = end(scope(call), address, backend);
            call.changes(
                    now.scope(),
                    "ended "
                            + address.map(each -> "client " + each.getHostAddress())
                                    .or(() -> backend.map(id -> "backend " + id))
                                    .orElse("all"));
            return now;
        });
        // Not while others wait to make a change: the disk may be slow.
        boolean kept = ended.kept() || gateway.tables().saveNow(ended.scope());
        return Reply.of(new Views.Revoked(
                ended.scope().toString(),
                ended.sessions().isPresent() ? ended.sessions().getAsInt() : null,
                kept));
    }

    private Ended end(Scope scope, Optional<InetAddress> client, Optional<String> backend) {
        Persistence.Kind kind = scope.policy().persistence().kind();
        if (kind == Persistence.Kind.NONE || scope.policy().balancing() == Balancing.IP_HASH) {
            throw Problem.of(HttpStatus.CONFLICT, "There are no sessions in this scope that could be ended.");
        }
        backend.filter(id -> scope.upstream().snapshot().member(id).isEmpty()).ifPresent(id -> {
            throw Problem.missing("backend of this id in the scope's upstream");
        });
        return kind == Persistence.Kind.COOKIE
                ? endCarried(scope, client, backend)
                : endRemembered(scope, client, backend);
    }

    private Ended endCarried(Scope scope, Optional<InetAddress> client, Optional<String> backend) {
        try {
            gateway.revocations()
                    .revoke(
                            scope,
                            ended -> client.map(address -> ended.afterEnded(
                                            address, gateway.clock().instant()))
                                    .or(() -> backend.map(ended::afterEnded))
                                    .orElseGet(ended::afterAllEnded));
        } catch (IllegalStateException e) {
            throw Problem.of(HttpStatus.CONFLICT, "It cannot be ended: " + e.getMessage());
        }
        return new Ended(scope.id(), OptionalInt.empty(), true);
    }

    private static Ended endRemembered(Scope scope, Optional<InetAddress> client, Optional<String> backend) {
        OptionalInt ended;
        if (client.isPresent()) {
            ended = OptionalInt.of(scope.revoke(client.get()) ? 1 : 0);
        } else if (backend.isPresent()) {
            ended = scope.liveSessions(backend.get());
            scope.revokeBackend(backend.get());
        } else {
            ended = scope.liveSessions();
            scope.revokeAll();
        }
        return new Ended(scope.id(), ended, false);
    }

    private Scope scope(Call call) {
        return gateway.scope(call.path("kind"), call.path("name"));
    }

    private static Views.ScopeView view(Scope scope) {
        Map<String, Long> outcomes = new LinkedHashMap<>();
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(outcome.key(), scope.outcomes(outcome));
        }
        OptionalInt live = scope.liveSessions();
        return new Views.ScopeView(
                scope.id().toString(),
                scope.upstream().name(),
                scope.policy().balancing().key(),
                Views.PersistenceView.of(scope.policy()),
                outcomes,
                live.isPresent() ? live.getAsInt() : null);
    }

    private static Optional<String> value(Map<String, Optional<String>> fields, String key) {
        return fields.getOrDefault(key, Optional.empty());
    }

    /** An address that is written as one; no name is looked up. */
    private static InetAddress address(String name, String text) {
        InetAddress address = text.contains("%") ? null : NetUtil.createInetAddressFromIpAddressString(text);
        if (address == null) {
            throw wrong(name, text, "an IP address");
        }
        return address;
    }

    private static int port(String text) {
        if (text.matches("[0-9]{1,5}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= 65_535) {
            return Integer.parseInt(text);
        }
        throw wrong("port", text, "1-65535");
    }

    private static long place(String text) {
        if (text.matches("[0-9]{1,18}")) {
            return Long.parseLong(text);
        }
        throw wrong("place", text, "what the page before says");
    }

    private static Problem wrong(String name, String value, String expected) {
        return Problem.of(
                HttpStatus.BAD_REQUEST,
                "The call is not as it is expected.",
                List.of(Text.printable(name + ": " + value) + " (expected: " + expected + ")"));
    }

    /**
     * Sessions that were ended.
     *
     * @param sessions how many, where that is known
     * @param kept whether they stay ended after a restart, whatever is saved from now on
     */
    private record Ended(ScopeId scope, OptionalInt sessions, boolean kept) {}
}
