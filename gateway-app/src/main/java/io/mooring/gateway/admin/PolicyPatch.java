package io.mooring.gateway.admin;

import io.mooring.balancer.session.Policy;
import io.mooring.config.ChangeTarget;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Changes of what decides for clients: of an upstream, a route or a listener. */
final class PolicyPatch {

    private static final Fields FIELDS = new Fields(Map.of(
            "balancing", Fields.Type.TEXT,
            "persistence.type", Fields.Type.TEXT,
            "persistence.idle-timeout", Fields.Type.TEXT,
            "persistence.absolute-timeout", Fields.Type.TEXT,
            "persistence.strict", Fields.Type.FLAG));

    private final Gateway gateway;

    PolicyPatch(Gateway gateway) {
        this.gateway = gateway;
    }

    /**
     * Does what the body of a call says; a field that is null is as the configuration says.
     *
     * @param policy the policy of now; empty where it is an upstream's
     * @param reply of what was changed, before anybody can change it again
     */
    Reply apply(Call call, ChangeTarget target, Supplier<Optional<Policy>> policy, Supplier<Reply> reply) {
        Map<String, Optional<String>> edits = call.body(FIELDS);
        return gateway.configuration().undisturbed(() -> {
            gateway.configuration().change(changes -> {
                call.requireSeen(tag(target, policy.get()));
                Map<String, String> next = new TreeMap<>(changes.of(target));
                edits.forEach(
                        (key, value) -> value.ifPresentOrElse(text -> next.put(key, text), () -> next.remove(key)));
                call.changes(said(policy.get()), "");
                return changes.with(target, next);
            });
            call.changes(call.before(), said(policy.get()));
            return reply.get();
        });
    }

    /** The tag of what can be changed. */
    String tag(ChangeTarget target, Optional<Policy> policy) {
        return Text.tag(policy, gateway.configuration().changes().changes().of(target));
    }

    /** For the audit log. */
    private static String said(Optional<Policy> policy) {
        return policy.map(own -> {
                    Views.PersistenceView kept = Views.PersistenceView.of(own);
                    return own.balancing().key() + " " + kept.type()
                            + (kept.idleTimeout() == null ? "" : " idle " + kept.idleTimeout())
                            + (kept.absoluteTimeout() == null ? "" : " absolute " + kept.absoluteTimeout())
                            + (kept.strict() ? " strict" : "");
                })
                .orElse("the upstream's");
    }
}
