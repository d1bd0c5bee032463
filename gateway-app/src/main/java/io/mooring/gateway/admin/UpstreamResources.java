package io.mooring.gateway.admin;

import io.mooring.balancer.session.Scope;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.topology.UpstreamSpec;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.BackendActivity;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.config.ChangeTarget;
import io.mooring.config.RunTimeChanges;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;

/** The upstreams and their backends. */
final class UpstreamResources {

    private static final String UPSTREAM = "upstream";
    private static final String BACKEND = "backend";
    private static final String BACKENDS = "/upstreams/{upstream}/backends";
    private static final String ONE = BACKENDS + "/{backend}";

    private static final Fields PATCH =
            new Fields(Map.of(RunTimeChanges.WEIGHT, Fields.Type.NUMBER, RunTimeChanges.STATE, Fields.Type.TEXT));
    private static final Fields PUT = new Fields(Map.of(
            RunTimeChanges.ADDRESS, Fields.Type.TEXT,
            RunTimeChanges.WEIGHT, Fields.Type.NUMBER,
            RunTimeChanges.STATE, Fields.Type.TEXT));

    private final Gateway gateway;
    private final PolicyPatch policies;

    UpstreamResources(Gateway gateway, PolicyPatch policies) {
        this.gateway = gateway;
        this.policies = policies;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get(
                        "/upstreams",
                        call -> Reply.of(new Views.Upstreams(gateway.fleet().topology().upstreams().stream()
                                .map(this::view)
                                .toList()))),
                Endpoint.get("/upstreams/{upstream}", call -> reply(call.path(UPSTREAM))),
                Endpoint.change(HttpMethod.PATCH, "/upstreams/{upstream}", this::patchUpstream),
                Endpoint.get(
                        BACKENDS,
                        call -> Reply.of(new Views.Backends(
                                view(gateway.upstream(call.path(UPSTREAM))).backends()))),
                Endpoint.get(ONE, call -> reply(call.path(UPSTREAM), call.path(BACKEND))),
                Endpoint.change(HttpMethod.PATCH, ONE, this::patch),
                Endpoint.change(HttpMethod.PUT, ONE, this::add),
                Endpoint.change(HttpMethod.DELETE, ONE, this::remove));
    }

    private Reply patchUpstream(Call call) {
        String name = call.path(UPSTREAM);
        return policies.apply(
                call,
                ChangeTarget.upstream(name),
                () -> Optional.of(gateway.upstream(name).policy()),
                () -> reply(name));
    }

    private Reply patch(Call call) {
        Map<String, Optional<String>> edits = call.body(PATCH);
        BiFunction<ChangeTarget, Map<String, String>, Map<String, String>> edit = (target, keys) -> {
            Backend backend = gateway.backend(target.name(), target.backend().orElseThrow());
            call.requireSeen(tag(target.name(), backend));
            Map<String, String> next = new TreeMap<>(keys);
            edits.forEach((key, value) -> value.ifPresentOrElse(text -> next.put(key, text), () -> next.remove(key)));
            return next;
        };
        return change(call, edit, () -> reply(call.path(UPSTREAM), call.path(BACKEND)));
    }

    private Reply add(Call call) {
        Map<String, Optional<String>> fields = call.body(PUT);
        String id = call.path(BACKEND);
        String upstream = call.path(UPSTREAM);
        BiFunction<ChangeTarget, Map<String, String>, Map<String, String>> edit = (target, keys) -> {
            call.requireNew(gateway.findBackend(upstream, id).isPresent());
            Map<String, String> next = new TreeMap<>();
            next.put(RunTimeChanges.ADDRESS, "");
            fields.forEach((key, value) -> value.ifPresent(text -> next.put(key, text)));
            return next;
        };
        String location = Endpoints.BASE + "/upstreams/" + upstream + "/backends/" + id;
        return change(call, edit, () -> Reply.added(one(upstream, id), tag(upstream, id), location));
    }

    private Reply remove(Call call) {
        BiFunction<ChangeTarget, Map<String, String>, Map<String, String>> edit = (target, keys) -> {
            Backend backend = gateway.backend(target.name(), target.backend().orElseThrow());
            call.requireSeen(tag(target.name(), backend));
            boolean added = keys.containsKey(RunTimeChanges.ADDRESS)
                    && !gateway.configuration().changes().aside().containsKey(target);
            return added ? Map.of() : Map.of(RunTimeChanges.REMOVED, "true");
        };
        return change(call, edit, Reply::none);
    }

    /** The reply is of what was changed, before anybody can change it again. */
    private Reply change(
            Call call, BiFunction<ChangeTarget, Map<String, String>, Map<String, String>> edit, Supplier<Reply> reply) {
        String upstream = call.path(UPSTREAM);
        ChangeTarget target = ChangeTarget.backend(upstream, call.path(BACKEND));
        return gateway.configuration().undisturbed(() -> {
            gateway.configuration().change(changes -> {
                String before = said(upstream, call.path(BACKEND));
                gateway.upstream(upstream);
                Map<String, String> next = edit.apply(target, changes.of(target));
                call.changes(before, next);
                return changes.with(target, next);
            });
            call.changes(call.before(), said(upstream, call.path(BACKEND)));
            return reply.get();
        });
    }

    /** For the audit log. */
    private String said(String upstream, String id) {
        return gateway.findBackend(upstream, id)
                .map(backend -> backend.address() + " weight " + backend.weight() + " "
                        + backend.admin().key())
                .orElse("none");
    }

    private Reply reply(String name) {
        UpstreamSpec spec = gateway.upstream(name);
        return Reply.of(view(spec), policies.tag(ChangeTarget.upstream(name), Optional.of(spec.policy())));
    }

    private Reply reply(String upstream, String id) {
        return Reply.of(one(upstream, id), tag(upstream, id));
    }

    private String tag(String upstream, String id) {
        return tag(upstream, gateway.backend(upstream, id));
    }

    private String tag(String upstream, Backend backend) {
        return Text.tag(backend, changed(ChangeTarget.backend(upstream, backend.id())));
    }

    private Views.Backend one(String upstream, String id) {
        return view(gateway.upstream(upstream), gateway.backend(upstream, id))
                .orElseThrow(() -> Problem.missing("backend of this id in the upstream"));
    }

    private Map<String, String> changed(ChangeTarget target) {
        return gateway.configuration().changes().changes().of(target);
    }

    private Views.Upstream view(UpstreamSpec spec) {
        return new Views.Upstream(
                spec.name(),
                new ScopeId(ScopeId.Kind.UPSTREAM, spec.name()).toString(),
                spec.policy().balancing().key(),
                Views.PersistenceView.of(spec.policy()),
                spec.backends().stream()
                        .flatMap(backend -> view(spec, backend).stream())
                        .toList());
    }

    /** Empty of a backend that is leaving: it is in the topology that was read, and its upstream has it no more. */
    private Optional<Views.Backend> view(UpstreamSpec spec, Backend backend) {
        Optional<Upstream> upstream = gateway.fleet().upstream(spec.name());
        BackendActivity activity = upstream.flatMap(live -> live.snapshot().member(backend.id()))
                .map(Member::activity)
                .orElseGet(BackendActivity::new);
        return upstream.flatMap(live -> live.standing(backend.id()))
                .map(standing -> new Views.Backend(
                        backend.id(),
                        backend.address(),
                        backend.weight(),
                        standing.admin().key(),
                        new Views.Standing(
                                standing.state().key(),
                                standing.reason(),
                                standing.since().truncatedTo(ChronoUnit.MILLIS)),
                        activity.active(),
                        activity.picks(),
                        sessions(spec.name(), backend.id()),
                        List.copyOf(changed(ChangeTarget.backend(spec.name(), backend.id()))
                                .keySet())));
    }

    /** The sessions that are remembered of a backend; null where clients carry all of them. */
    private @Nullable Integer sessions(String upstream, String id) {
        List<OptionalInt> counts = gateway.fleet().scopes().stream()
                .filter(scope -> scope.upstream().name().equals(upstream))
                .map((Scope scope) -> scope.liveSessions(id))
                .filter(OptionalInt::isPresent)
                .toList();
        return counts.isEmpty()
                ? null
                : counts.stream().mapToInt(OptionalInt::getAsInt).sum();
    }
}
