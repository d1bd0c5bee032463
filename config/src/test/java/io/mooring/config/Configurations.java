package io.mooring.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Environments from YAML text, without those of the machine. */
final class Configurations {

    /** A valid configuration in which every kind of thing occurs. */
    static final String VALID = """
            mooring:
              upstreams:
                shop:
                  persistence:
                    type: cookie
                    cookie: { name: shop-session }
                  backends:
                    shop-1: { address: "127.0.0.1:9001" }
                    shop-2: { address: "127.0.0.1:9002" }
                db:
                  persistence: { type: source-ip, idle-timeout: 300s }
                  backends:
                    db-1: { address: "127.0.0.1:5432" }
                dns:
                  backends:
                    dns-1: { address: "[::1]:53" }
              listeners:
                db: { protocol: tcp, port: 15432, upstream: db }
                dns: { protocol: udp, port: 15353, upstream: dns }
              persistence:
                keys: [ { id: k1, secret: "0123456789abcdef" } ]
            spring.cloud.gateway.server.webflux.routes:
              - { id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }
              - { id: api, uri: "lb://shop", metadata: { persistence: { type: cookie, idle-timeout: 60s } } }
              - { id: elsewhere, uri: "http://127.0.0.1:7000" }
            """;

    private Configurations() {}

    /** What is found in these documents, of which the first overrides the others. */
    static Inspection inspect(String... documents) {
        return ConfigurationCheck.inspect(environment(Map.of(), documents));
    }

    /** What is found in the valid configuration when this document overrides it. */
    static List<String> violationsWith(String document) {
        return violations(inspect(document, VALID));
    }

    static List<String> violations(Inspection inspection) {
        return inspection.violations().stream().map(Violation::toString).toList();
    }

    /** An environment of variables and documents, of which the first overrides the others. */
    static ConfigurableEnvironment environment(Map<String, Object> variables, String... documents) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .forEach(source -> environment.getPropertySources().remove(source.getName()));
        environment
                .getPropertySources()
                .addLast(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        for (int i = 0; i < documents.length; i++) {
            load("document " + i, documents[i]).forEach(environment.getPropertySources()::addLast);
        }
        return environment;
    }

    private static List<PropertySource<?>> load(String name, String yaml) {
        try {
            return new YamlPropertySourceLoader()
                    .load(name, new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
