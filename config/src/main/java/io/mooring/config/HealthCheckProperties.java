package io.mooring.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * How an upstream's backends are probed.
 *
 * @param type What is spoken: tcp, http, grpc or udp. Required.
 * @param interval Time from one probe of a backend to the next, 2s-300s. Without a unit, seconds.
 * @param timeout Time a probe may take, 2s-60s, shorter than the interval. Without a unit, seconds.
 * @param rise How many successes in a row bring a backend back that was down, 2-10.
 * @param fall How many failures in a row take a backend out, 2-10.
 * @param port Port to probe, 1-65535; the backend's own, if not set.
 * @param tls Whether the connection is secured: upstream (as traffic is, by the upstream's tls), none, verify (the
 *     certificate must be good for the name, by what the JVM trusts) or insecure (any certificate will do). If not set,
 *     upstream where the upstream has tls and the check no port of its own, else none. Not for udp.
 * @param serverName Name that TLS asks for; the backend's host, if not set. For tls verify and insecure.
 * @param method Method of the request; for http only.
 * @param path Path of the request, with its query; for http only.
 * @param host Host header of the request; the backend's address, if not set. For http only.
 * @param expect Statuses of a good answer, as "200-399" or "200,204"; for http only.
 * @param body Text that the first 64 KB of a good answer's body contain; for http only.
 * @param service Service that is asked about; the whole server, if not set. For grpc only.
 * @param send Datagram to send, 1-500 characters of text, or "hex:" and hexadecimal digits. For udp only.
 * @param reply What the answer must begin with, in the same form; if not set, no answer is needed. For udp only.
 */
@ConfigurationPropertiesSource
record HealthCheckProperties(
        @Nullable ProbeType type,

        @DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "2s", max = "300s")
        Duration interval,

        @DefaultValue("2s") @DurationUnit(ChronoUnit.SECONDS) @DurationRange(min = "2s", max = "60s")
        Duration timeout,

        @DefaultValue("3") @IntRange(min = 2, max = 10) int rise,
        @DefaultValue("3") @IntRange(min = 2, max = 10) int fall,
        @IntRange(min = 1, max = 65_535) @Nullable Integer port,
        @Nullable ProbeTls tls,
        @Nullable String serverName,
        @DefaultValue("GET") String method,
        @DefaultValue("/") String path,
        @Nullable String host,
        @DefaultValue("200-399") String expect,
        @Nullable String body,
        @DefaultValue("") String service,
        @DefaultValue("hex:00") String send,
        @Nullable String reply) {

    /**
     * How a probe's connection is secured, declared or not.
     *
     * @param trafficIs whether the upstream has TLS spoken with its backends
     */
    ProbeTls secured(boolean trafficIs) {
        if (tls != null) {
            return tls;
        }
        return trafficIs && port == null && type != ProbeType.UDP ? ProbeTls.UPSTREAM : ProbeTls.NONE;
    }

    /** What a probe speaks. */
    enum ProbeType {
        TCP,
        HTTP,
        GRPC,
        UDP
    }

    /** How a probe's connection is secured. */
    enum ProbeTls {
        UPSTREAM,
        NONE,
        VERIFY,
        INSECURE
    }
}
