package io.mooring.balancer.topology;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a health check asks of a backend, and what it takes for a good answer. */
public sealed interface ProbeSpec {

    /** What is spoken, as the configuration names it. */
    String key();

    /** How its connection is secured, or null for not at all. */
    @Nullable
    Tls tls();

    /**
     * A connection that is accepted, and with TLS secured.
     *
     * @param tls how it is secured, or null for not at all
     */
    record Tcp(@Nullable Tls tls) implements ProbeSpec {
        @Override
        public String key() {
            return "tcp";
        }
    }

    /**
     * An HTTP/1.1 request that is answered as expected.
     *
     * @param method its method
     * @param path its path and query
     * @param host its {@code Host}, or null for the backend's address
     * @param expected the statuses of a good answer
     * @param text what the answer's body contains, or null for anything
     * @param tls how the connection is secured, or null for not at all
     */
    record Http(
            String method,
            String path,
            @Nullable String host,
            List<StatusRange> expected,
            @Nullable String text,
            @Nullable Tls tls)
            implements ProbeSpec {
        public Http {
            Objects.requireNonNull(method, "method");
            Objects.requireNonNull(path, "path");
            expected = List.copyOf(expected);
        }

        @Override
        public String key() {
            return "http";
        }
    }

    /**
     * The standard health service of gRPC, {@code grpc.health.v1.Health/Check}, that answers {@code SERVING}.
     *
     * @param service the service that is asked about; empty for the whole server
     * @param tls how the connection is secured, or null for not at all
     */
    record Grpc(String service, @Nullable Tls tls) implements ProbeSpec {
        public Grpc {
            Objects.requireNonNull(service, "service");
        }

        @Override
        public String key() {
            return "grpc";
        }
    }

    /**
     * A datagram that nobody's host says is unwanted, and that is answered if an answer is expected.
     *
     * @param send what is sent
     * @param reply what the answer begins with, or null if silence is as good as an answer
     */
    record Udp(Payload send, @Nullable Payload reply) implements ProbeSpec {
        public Udp {
            Objects.requireNonNull(send, "send");
        }

        @Override
        public String key() {
            return "udp";
        }

        @Override
        public @Nullable Tls tls() {
            return null;
        }
    }

    /** How a probe's connection is secured. */
    sealed interface Tls {

        /** As the upstream's traffic is, by its {@link BackendTlsSpec}. */
        record AsTraffic() implements Tls {}

        /**
         * In a way of its own.
         *
         * @param verified whether the backend's certificate must be good for its name, by what the JVM trusts
         * @param serverName the name that is asked for and must be in the certificate, or null for the backend's host
         */
        record Apart(boolean verified, @Nullable String serverName) implements Tls {}
    }

    /**
     * Statuses of HTTP.
     *
     * @param from the lowest
     * @param to the highest
     */
    record StatusRange(int from, int to) {
        public StatusRange {
            if (from < 100 || to > 599 || from > to) {
                throw new IllegalArgumentException(from + "-" + to + " (expected: a range within 100-599)");
            }
        }

        /** Whether the status is one of them. */
        public boolean contains(int status) {
            return from <= status && status <= to;
        }
    }
}
