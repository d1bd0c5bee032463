package io.mooring.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.json.JsonParserFactory;

/** What an IDE reads to complete keys. */
class ConfigurationMetadataTest {

    private static final String MAIN = "META-INF/spring-configuration-metadata.json";

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("keys")
    void everyKeyOfTheDesignHasADescriptionAndItsDefault(
            String file, String key, @Nullable Object defaultValue, String words) throws IOException {
        Map<String, Object> property = properties(file).get(key);

        assertThat(property).as("metadata of %s", key).isNotNull();
        assertThat(property.get("description")).asString().isNotBlank().contains(words);
        assertThat(String.valueOf(property.get("defaultValue"))).isEqualTo(String.valueOf(defaultValue));
    }

    static Stream<Arguments> keys() {
        String upstream = type(UpstreamProperties.class);
        String backend = type(BackendProperties.class);
        String listener = type(ListenerProperties.class);
        String key = type(KeyProperties.class);
        String route = type(RouteProperties.class);
        return Stream.of(
                arguments(MAIN, "mooring.data-dir", "./data", "Directory"),
                arguments(MAIN, "mooring.share-ports", false, "take over"),
                arguments(MAIN, "mooring.upstreams", null, "by name"),
                arguments(MAIN, "mooring.listeners", null, "by name"),
                arguments(MAIN, "mooring.http.keepalive-timeout", "75s", "0s-900s"),
                arguments(MAIN, "mooring.persistence.keys", null, "The first signs"),
                arguments(MAIN, "mooring.persistence.save-interval", "60s", "0s-3600s"),
                arguments(upstream, "balancing", "weighted-round-robin", "spread"),
                arguments(upstream, "persistence.type", "none", "cookie"),
                arguments(upstream, "persistence.idle-timeout", "1000s", "30s-3600s"),
                arguments(upstream, "persistence.absolute-timeout", null, "1s-400d"),
                arguments(upstream, "persistence.strict", false, "503"),
                arguments(upstream, "persistence.cookie.name", null, "mooring-"),
                arguments(upstream, "persistence.cookie.domain", null, "Domain"),
                arguments(upstream, "persistence.cookie.path", "/", "Path"),
                arguments(upstream, "persistence.cookie.same-site", "lax", "cross-site"),
                arguments(upstream, "persistence.cookie.secure", "auto", "TLS"),
                arguments(upstream, "persistence.cookie.http-only", true, "scripts"),
                arguments(upstream, "persistence.cookie.partitioned", false, "Secure"),
                arguments(upstream, "persistence.cookie.lifetime", "session", "permanent"),
                arguments(upstream, "persistence.source.ipv4-prefix", 32, "1-32"),
                arguments(upstream, "persistence.source.ipv6-prefix", 64, "1-128"),
                arguments(upstream, "persistence.source.max-entries", 1_000_000, "1-16777216"),
                arguments(upstream, "proxy-protocol", null, "v1 or v2"),
                arguments(upstream, "persistence.source.share.max-percent", null, "1-100"),
                arguments(upstream, "persistence.source.share.min-connections", 100, "1-16777216"),
                arguments(upstream, "persistence.source.share.split", "none", "port"),
                arguments(upstream, "health-check.type", null, "Required"),
                arguments(upstream, "health-check.interval", "5s", "2s-300s"),
                arguments(upstream, "health-check.timeout", "2s", "2s-60s"),
                arguments(upstream, "health-check.rise", 3, "2-10"),
                arguments(upstream, "health-check.fall", 3, "2-10"),
                arguments(upstream, "health-check.path", "/", "http only"),
                arguments(upstream, "health-check.expect", "200-399", "200,204"),
                arguments(upstream, "health-check.send", "hex:00", "1-500 characters"),
                arguments(upstream, "ejection.failures", 5, "0-1000"),
                arguments(upstream, "ejection.max-share", 50, "0-100"),
                arguments(upstream, "all-down", "try-all", "refuse"),
                arguments(upstream, "slow-start", "0s", "0s-3600s"),
                arguments(upstream, "flap-grace", "0s", "0s-300s"),
                arguments(upstream, "drain-timeout", null, "1s-1d"),
                arguments(upstream, "discovery.service-id", null, "Required"),
                arguments(upstream, "discovery.weight-metadata", null, "0-100"),
                arguments(upstream, "discovery.interval", "30s", "1s-3600s"),
                arguments(upstream, "discovery.timeout", "5s", "1s-60s"),
                arguments(upstream, "discovery.on-empty", "keep", "remove"),
                arguments(upstream, "dns.name", null, "Required"),
                arguments(upstream, "dns.port", null, "1-65535"),
                arguments(upstream, "dns.family", "any", "ipv6"),
                arguments(upstream, "dns.servers", null, "in this order"),
                arguments(upstream, "dns.interval", "10s", "1s-3600s"),
                arguments(upstream, "dns.timeout", "5s", "1s-60s"),
                arguments(upstream, "dns.on-empty", "keep", "remove"),
                arguments(upstream, "backends", null, "Required"),
                arguments(backend, "address", null, "host:port"),
                arguments(backend, "weight", 10, "0-100"),
                arguments(listener, "protocol", null, "Required"),
                arguments(listener, "address", "0.0.0.0", "bind"),
                arguments(listener, "port", null, "0-65535"),
                arguments(listener, "upstream", null, "Required"),
                arguments(
                        listener,
                        "idle-timeout",
                        null,
                        "10s-3600s for tcp and tls (900s if not set), 1s-3600s for udp (300s"),
                arguments(listener, "connect-timeout", "4s", "1s-120s"),
                arguments(listener, "max-connections", null, "1-16777216"),
                arguments(listener, "max-connection-rate", null, "1-1000000"),
                arguments(listener, "backlog", 4096, "1-65535"),
                arguments(listener, "first-byte-timeout", null, "1s-3600s"),
                arguments(listener, "proxy-protocol.from", null, "Required"),
                arguments(listener, "proxy-protocol.timeout", "3s", "1s-60s"),
                arguments(listener, "keep-alive.idle", null, "1s-32767s"),
                arguments(listener, "keep-alive.interval", null, "1s-32767s"),
                arguments(listener, "keep-alive.probes", null, "1-127"),
                arguments(listener, "max-flows", 10_000, "1-16777216"),
                arguments(listener, "responses", 0, "0-1000"),
                arguments(listener, "tls.bundles", null, "Required"),
                arguments(listener, "tls.protocols", null, "TLSv1.2, TLSv1.3"),
                arguments(listener, "tls.ciphers", null, "IANA names"),
                arguments(listener, "tls.alpn", null, "the preferred first"),
                arguments(listener, "tls.client-auth", "none", "want or need"),
                arguments(listener, "tls.handshake-timeout", "10s", "1s-120s"),
                arguments(listener, "sni", null, "server name"),
                arguments(listener, "sni-timeout", "3s", "1s-60s"),
                arguments(upstream, "tls.bundle", null, "truststore"),
                arguments(upstream, "tls.server-name", null, "certificates must be for"),
                arguments(upstream, "tls.verify-hostname", true, "trusted is always verified"),
                arguments(upstream, "tls.alpn", null, "offer"),
                arguments(listener, "reschedule.when", null, "Required"),
                arguments(listener, "reschedule.delay", "0s", "0s-3600s"),
                arguments(listener, "reschedule.window", "0s", "all at once"),
                arguments(listener, "balancing", null, "the upstream's, if not set"),
                arguments(listener, "persistence.type", "none", "cookie"),
                arguments(key, "id", null, "Required"),
                arguments(key, "secret", null, "16 bytes"),
                arguments(route, "metadata.balancing", null, "the upstream's, if not set"),
                arguments(route, "metadata.persistence.idle-timeout", "1000s", "30s-3600s"));
    }

    @ParameterizedTest
    @MethodSource("records")
    void everyComponentIsInTheMetadataAndDescribesItsRange(Class<? extends Record> type) throws IOException {
        Map<String, Map<String, Object>> properties = properties(type(type));
        for (RecordComponent component : type.getRecordComponents()) {
            String name = DataObjectPropertyName.toDashedForm(component.getName());
            if (!component.getType().isRecord()) {
                assertThat(properties).containsKey(name);
                String description = String.valueOf(properties.get(name).get("description"));
                assertThat(description).as(name).isNotEqualTo("null").contains(range(component));
            }
        }
    }

    static Stream<Class<? extends Record>> records() {
        return Stream.of(
                UpstreamProperties.class,
                BackendProperties.class,
                PersistenceProperties.class,
                CookieProperties.class,
                SourceProperties.class,
                ShareProperties.class,
                HealthCheckProperties.class,
                EjectionProperties.class,
                ListenerProperties.class,
                ProxyProtocolProperties.class,
                KeepAliveProperties.class,
                RescheduleProperties.class,
                KeyProperties.class,
                RouteProperties.class);
    }

    @Test
    void theMainFileHasNoPropertyWithoutDescription() throws IOException {
        assertThat(properties(MAIN).values())
                .allSatisfy(property ->
                        assertThat(property.get("description")).asString().isNotBlank());
    }

    private static String range(RecordComponent component) {
        IntRange numbers = component.getAnnotation(IntRange.class);
        if (numbers != null) {
            return numbers.min() + "-" + numbers.max();
        }
        DurationRange durations = component.getAnnotation(DurationRange.class);
        return durations == null ? "" : durations.min() + "-" + durations.max();
    }

    private static String type(Class<?> type) {
        return "META-INF/spring/configuration-metadata/" + type.getName() + ".json";
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Map<String, Object>> properties(String file) throws IOException {
        try (InputStream json = ConfigurationMetadataTest.class.getClassLoader().getResourceAsStream(file)) {
            assertThat(json).as(file).isNotNull();
            Map<String, Object> metadata =
                    JsonParserFactory.getJsonParser().parseMap(new String(json.readAllBytes(), StandardCharsets.UTF_8));
            return ((List<Map<String, Object>>) metadata.get("properties"))
                    .stream()
                            .collect(Collectors.toMap(property -> (String) property.get("name"), property -> property));
        }
    }
}
