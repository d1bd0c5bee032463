package io.mooring.gateway.admin;

import io.mooring.config.ChangeTarget;
import io.mooring.gateway.reload.ChangesInForce;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.springframework.http.HttpMethod;

/** What was changed at run time: to be seen, and to be taken back. */
final class ChangeResources {

    private final Gateway gateway;

    ChangeResources(Gateway gateway) {
        this.gateway = gateway;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/changes", call -> reply()),
                Endpoint.change(HttpMethod.DELETE, "/changes", this::dropAll),
                drop("/upstreams/{upstream}", call -> ChangeTarget.upstream(call.path("upstream"))),
                drop(
                        "/upstreams/{upstream}/backends/{backend}",
                        call -> ChangeTarget.backend(call.path("upstream"), call.path("backend"))),
                drop("/routes/{route}", call -> ChangeTarget.route(call.path("route"))),
                drop("/listeners/{listener}", call -> ChangeTarget.listener(call.path("listener"))));
    }

    private Endpoint drop(String path, Function<Call, ChangeTarget> target) {
        return Endpoint.change(HttpMethod.DELETE, "/changes" + path, call -> drop(call, target.apply(call)));
    }

    private Reply drop(Call call, ChangeTarget target) {
        gateway.configuration().change(changes -> {
            if (changes.of(target).isEmpty()) {
                throw Problem.missing("run-time change of it");
            }
            call.requireSeen(tag(gateway.configuration().changes()));
            call.changes(target + " " + changes.of(target), "none");
            return changes.with(target, Map.of());
        });
        return Reply.none();
    }

    private Reply dropAll(Call call) {
        gateway.configuration().dropChanges(now -> {
            call.requireSeen(tag(now));
            call.changes(now.changes().all(), "none");
        });
        return Reply.none();
    }

    private Reply reply() {
        ChangesInForce now = gateway.configuration().changes();
        List<Views.Change> changes = now.changes().all().entrySet().stream()
                .map(change -> view(change.getKey(), change.getValue(), now))
                .toList();
        return Reply.of(new Views.Changes(now.unreadable().orElse(null), changes), tag(now));
    }

    private Views.Change view(ChangeTarget target, Map<String, String> keys, ChangesInForce now) {
        List<String> reasons = now.aside().getOrDefault(target, List.of());
        if (reasons.isEmpty() && !isThere(target, keys)) {
            reasons = List.of("there is no such backend at present");
        }
        return new Views.Change(target.toString(), keys, reasons.isEmpty(), reasons);
    }

    /** A backend's weight and state wait for one that is not there at present, as for one that a registry names. */
    private boolean isThere(ChangeTarget target, Map<String, String> keys) {
        return target.backend().isEmpty()
                || keys.containsKey("removed")
                || gateway.fleet().topology().upstreams().stream()
                        .filter(upstream -> upstream.name().equals(target.name()))
                        .flatMap(upstream -> upstream.backends().stream())
                        .anyMatch(
                                backend -> backend.id().equals(target.backend().get()));
    }

    private static String tag(ChangesInForce now) {
        return Text.tag(now.changes().all(), now.unreadable());
    }
}
