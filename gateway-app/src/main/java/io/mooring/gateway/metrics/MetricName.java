package io.mooring.gateway.metrics;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The gateway's metrics, with their tags. {@code docs/observability.md} lists the same. */
public enum MetricName {
    /** How often each outcome occurred. */
    OUTCOMES(
            "mooring.persistence.outcomes",
            "Requests, connections and flows by what became of persistence",
            "kind,scope,outcome"),
    /** Sessions in the source tables. */
    SESSIONS("mooring.sessions.active", "Live sessions that the gateway remembers", "kind,scope"),
    /** How often the source tables were saved. */
    SAVES("mooring.sessions.saves", "Savings of the source table to the data directory", "kind,scope,result"),
    /** Sources that are too large to be one client. */
    SHARES_EXCEEDED(
            "mooring.sources.share.exceeded",
            "Requests, connections and flows of sources that had more open than their share",
            "kind,scope"),
    /** What backends are doing. */
    ACTIVE("mooring.backend.active", "Requests, connections and flows under way", "upstream,backend"),
    /** How often backends were chosen. */
    PICKS("mooring.backend.picks", "How often the backend was chosen", "upstream,backend"),
    /** What backends received and sent. */
    BYTES("mooring.backend.bytes", "Payload bytes to or from the backend", "upstream,backend,direction"),
    /** Which state a backend is in. */
    STATE("mooring.backend.state", "1 for the state that the backend is in, else 0", "upstream,backend,state"),
    /** How backends failed their clients. */
    FAULTS("mooring.backend.faults", "How often the backend failed a client", "upstream,backend,fault"),
    /** What health checks saw. */
    PROBES("mooring.backend.probes", "Probes of health checks", "upstream,backend,result"),
    /** Sessions in the source tables, by backend. */
    BOUND_SESSIONS(
            "mooring.backend.sessions",
            "Live sessions bound to the backend that the gateway remembers",
            "upstream,backend"),
    /** How old what is known of an upstream's members is. */
    DISCOVERY_AGE(
            "mooring.discovery.age",
            "Time since the last good answer about the upstream's members, or since it is asked for",
            "upstream",
            MetricName.SECONDS),
    /** What became of questions for an upstream's members. */
    DISCOVERY_ANSWERS(
            "mooring.discovery.answers",
            "Questions for the upstream's members by what became of them",
            "upstream,result"),
    /** Open connections and flows of a layer 4 listener. */
    LISTENER_ACTIVE("mooring.listener.active", "Open connections or flows of a listener", "listener,protocol"),
    /** Clients that a TCP or TLS listener turned away before they were served. */
    LISTENER_REFUSED("mooring.listener.refused", "Clients that were turned away", "listener,protocol,reason"),
    /** Connections and flows that were broken off to be given other backends. */
    LISTENER_RESCHEDULED(
            "mooring.listener.rescheduled",
            "Connections or flows that were broken off so that their clients get other backends",
            "listener,protocol,reason"),
    /** TLS handshakes with backends that failed. */
    BACKEND_HANDSHAKES_FAILED(
            "mooring.upstream.handshakes.failed", "TLS handshakes with backends that failed", "upstream"),
    /** Replacements of SSL bundles. */
    BUNDLE_REPLACEMENTS(
            "mooring.tls.replacements", "Replacements of SSL bundles by what became of them", "bundle,result"),
    /** Datagrams that a UDP listener could not send on. */
    DATAGRAMS_DROPPED("mooring.listener.datagrams.dropped", "Datagrams that were dropped", "listener,protocol"),
    /** Flows of a UDP listener that made room for new ones. */
    FLOWS_EVICTED("mooring.listener.flows.evicted", "UDP flows that gave way to new ones", "listener,protocol"),
    /** HTTP requests, timed from their head to their end. */
    REQUESTS("mooring.http.requests", "HTTP requests and how long they took", "route,status"),
    /** Changes of the configuration at run time. */
    RELOADS("mooring.config.reloads", "Times that the configuration was read again, by what became of it", "result"),
    /** When the configuration took effect. */
    IN_FORCE_SINCE(
            "mooring.config.in.force.since",
            "When the configuration in force took effect, since the start of 1970",
            "",
            MetricName.SECONDS),
    /** Calls of the admin API that were to change something. */
    ADMIN_CHANGES(
            "mooring.admin.changes", "Calls of the admin API to change something, by what became of them", "result"),
    /** Calls of the management port that needed a user and were nobody's. */
    ADMIN_FAILURES(
            "mooring.admin.authentication.failures",
            "Calls of the management port that needed a user and were nobody's",
            "reason"),
    /** What operators have changed at run time. */
    RUN_TIME_CHANGES("mooring.config.changes", "Run-time changes that go over the configuration", "effect"),
    /** Access log lines that were not written. */
    LOG_DROPPED("mooring.accesslog.dropped", "Access log lines that were dropped", "");

    private static final String SECONDS = "seconds";

    private final String key;
    private final String description;
    private final String tags;
    private final @Nullable String unit;

    MetricName(String key, String description, String tags) {
        this(key, description, tags, null);
    }

    MetricName(String key, String description, String tags, @Nullable String unit) {
        this.key = key;
        this.description = description;
        this.tags = tags;
        this.unit = unit;
    }

    /** The name, with dots; Prometheus sees underscores. */
    public String key() {
        return key;
    }

    /** What it is measured in, which Prometheus sees behind the name; null for a number of things. */
    public @Nullable String unit() {
        return unit;
    }

    /** What it measures. */
    public String description() {
        return description;
    }

    /** The names of its tags. */
    public List<String> tags() {
        return tags.isEmpty() ? List.of() : List.of(tags.split(",", -1));
    }
}
