package io.mooring.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** Holds {@code docs/configuration.md} against the properties there are. */
class ConfigurationDocsTest {

    /** The key that a record's properties stand below, as the document's sections have it. */
    private static final Map<Class<?>, String> PREFIXES = Map.ofEntries(
            Map.entry(MooringProperties.class, "mooring."),
            Map.entry(AdminUserProperties.class, "mooring.admin.users.<name>."),
            Map.entry(HttpProperties.class, "mooring.http."),
            Map.entry(KeyRingProperties.class, "mooring.persistence."),
            Map.entry(KeyProperties.class, "mooring.persistence.keys[]."),
            Map.entry(UpstreamProperties.class, ""),
            Map.entry(BackendProperties.class, "backends.<id>."),
            Map.entry(BackendTlsProperties.class, "tls."),
            Map.entry(PersistenceProperties.class, ""),
            Map.entry(CookieProperties.class, "cookie."),
            Map.entry(SourceProperties.class, "source."),
            Map.entry(ListenerProperties.class, ""),
            Map.entry(ProxyProtocolProperties.class, "proxy-protocol."),
            Map.entry(KeepAliveProperties.class, "keep-alive."),
            Map.entry(RescheduleProperties.class, "reschedule."),
            Map.entry(ShareProperties.class, "source.share."),
            Map.entry(ListenerTlsProperties.class, "tls."),
            Map.entry(HealthCheckProperties.class, "health-check."),
            Map.entry(DiscoveryProperties.class, "discovery."),
            Map.entry(DnsProperties.class, "dns."),
            Map.entry(EjectionProperties.class, "ejection."));

    @ParameterizedTest
    @MethodSource("leaves")
    void everyKeyHasARowWithItsDefault(String key, RecordComponent component) throws IOException {
        List<String> rows = Files.readAllLines(Path.of("..", "docs", "configuration.md")).stream()
                .filter(line -> line.startsWith("| `" + key + "` |"))
                .toList();

        assertThat(rows).as("rows of %s", key).isNotEmpty();
        DefaultValue byDefault = component.getAnnotation(DefaultValue.class);
        if (byDefault != null && byDefault.value().length > 0) {
            assertThat(rows)
                    .anySatisfy(row -> assertThat(row).contains("`" + byDefault.value()[0] + "`"));
        }
    }

    static Stream<Object[]> leaves() {
        return PREFIXES.entrySet().stream()
                .flatMap(type -> Stream.of(type.getKey().getRecordComponents())
                        .filter(ConfigurationDocsTest::isLeaf)
                        .map(component -> new Object[] {
                            type.getValue() + DataObjectPropertyName.toDashedForm(component.getName()), component
                        }));
    }

    private static boolean isLeaf(RecordComponent component) {
        return !component.getType().isRecord() && !Map.class.isAssignableFrom(component.getType());
    }
}
