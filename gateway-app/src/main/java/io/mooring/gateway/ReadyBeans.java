package io.mooring.gateway;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aot.AotDetector;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.boot.context.event.SpringApplicationEvent;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.ApplicationListener;
import org.springframework.core.SpringProperties;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/**
 * Decides whether a start may rely on the beans that were made ready when the program was built, which saves a quarter
 * of its time: the build evaluated each condition on the program's own defaults, so a key of the operator's that such a
 * condition may look at needs the conditions evaluated again.
 *
 * <p>Keys of Spring's are taken for such unless they are known not to be. A start asks for ready beans by {@code
 * -Dspring.aot.enabled=true}, as {@code bin/mooring} does; a program that was built of other classes, and so with more
 * beans, must not.
 *
 * <p>Stateless.
 */
final class ReadyBeans implements ApplicationListener<SpringApplicationEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(ReadyBeans.class);

    /** How the source of the program's own defaults is called, up to how it was found. */
    static final String DEFAULTS = "Config resource 'class path resource [application.yml]'";

    /** The sources that Spring adds by itself. */
    private static final List<String> BUILT_IN =
            List.of("applicationInfo", "gateway-properties", "springCloudClientHostInfo");

    /** Where conditions are set. */
    private static final List<ConfigurationPropertyName> CONDITIONS = names("spring", "server", "management");

    /** What is there no condition on, each with all below it: what beans are told when they are made. */
    static final List<ConfigurationPropertyName> NO_CONDITIONS = names(
            "server.address",
            "server.max-http-request-header-size",
            "server.netty",
            "server.port",
            "server.shutdown",
            "server.ssl",
            "spring.aot.enabled",
            "spring.application.json",
            "spring.application.name",
            "spring.cloud.discovery.client.simple.instances",
            "spring.cloud.gateway.server.webflux.default-filters",
            "spring.cloud.gateway.server.webflux.httpclient",
            "spring.cloud.gateway.server.webflux.routes",
            "spring.config",
            "spring.lifecycle",
            "spring.main.banner-mode",
            "spring.main.register-shutdown-hook",
            "spring.profiles",
            "spring.ssl.bundle",
            "management.server.address",
            // That it differs from the server's is the condition, which is looked at by itself.
            "management.server.port");

    /** Where a condition is met by true as it is by default. */
    private static final ConfigurationPropertyName HTTP2 = ConfigurationPropertyName.of("server.http2.enabled");

    @Override
    public void onApplicationEvent(SpringApplicationEvent event) {
        if (!AotDetector.useGeneratedArtifacts()) {
            return;
        }
        if (event instanceof ApplicationEnvironmentPreparedEvent prepared) {
            obstacle(prepared.getEnvironment()).ifPresent(key -> {
                LOG.info("{} may change what the gateway is made of: starting the longer way", key);
                forgo();
            });
        } else if (event instanceof ApplicationStartedEvent) {
            // Nothing is ready of the contexts that Spring Cloud LoadBalancer makes for names that are no upstreams.
            forgo();
        }
    }

    private static void forgo() {
        SpringProperties.setProperty(AotDetector.AOT_ENABLED, "false");
    }

    /** The first key that stands against ready beans, if there is one. */
    static Optional<String> obstacle(ConfigurableEnvironment environment) {
        if (!hasManagementPort(environment)) {
            return Optional.of("management.server.port");
        }
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource keys && !isBuiltIn(source)) {
                Optional<String> first = keys.stream()
                        .filter(key -> mayBeCondition(source, key))
                        .map(ConfigurationPropertyName::toString)
                        .findFirst();
                if (first.isPresent()) {
                    return first;
                }
            }
        }
        return Optional.empty();
    }

    private static boolean hasManagementPort(ConfigurableEnvironment environment) {
        try {
            return ManagementPortType.get(environment) == ManagementPortType.DIFFERENT;
        } catch (ConversionException notANumber) {
            return false; // the check of the configuration says so better
        }
    }

    private static boolean mayBeCondition(ConfigurationPropertySource source, ConfigurationPropertyName key) {
        return isAtOrBelow(CONDITIONS, key)
                && !isAtOrBelow(NO_CONDITIONS, key)
                && !(key.equals(HTTP2) && isTrue(source.getConfigurationProperty(key)));
    }

    private static boolean isAtOrBelow(List<ConfigurationPropertyName> names, ConfigurationPropertyName key) {
        return names.stream().anyMatch(name -> name.equals(key) || name.isAncestorOf(key));
    }

    private static boolean isBuiltIn(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof PropertySource<?> named
                && (BUILT_IN.contains(named.getName()) || named.getName().startsWith(DEFAULTS));
    }

    private static boolean isTrue(@Nullable ConfigurationProperty property) {
        return property != null && "true".equals(String.valueOf(property.getValue()));
    }

    private static List<ConfigurationPropertyName> names(String... names) {
        return Stream.of(names).map(ConfigurationPropertyName::of).toList();
    }
}
