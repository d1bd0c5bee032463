package io.mooring.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads a configuration file into an environment the way Spring Boot does when it starts. */
public final class ConfigurationFile {

    private static final String LOCATION = "spring.config.location";

    private ConfigurationFile() {}

    /**
     * An environment of, from strong to weak: system properties, environment variables, the file with its profiles
     * and imports, and the {@code application.yml} on the class path.
     *
     * @throws UnreadableConfigurationException if the file is not there or not well-formed
     */
    public static ConfigurableEnvironment load(Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new UnreadableConfigurationException(file + ": missing (expected: a readable file)");
        }
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("configuration file", Map.of(LOCATION, location(file))));
        try {
            ConfigDataEnvironmentPostProcessor.applyTo(environment);
        } catch (RuntimeException e) {
            throw new UnreadableConfigurationException(file + message(e), e);
        }
        if (environment.getPropertySources().stream().anyMatch(ConfigurationFile::isNoMapping)) {
            throw new UnreadableConfigurationException(file + ":1:1: no keys at the top level (expected: YAML)");
        }
        return environment;
    }

    /** Whether a source is a list or a scalar, which Spring's YAML loader files under a key of its own. */
    private static boolean isNoMapping(PropertySource<?> source) {
        return source instanceof OriginTrackedMapPropertySource yaml
                && Stream.of(yaml.getPropertyNames())
                        .anyMatch(name -> name != null && name.matches("document(\\[.*)?"));
    }

    /**
     * The value of {@code spring.config.location} with which a start reads this file over the class path's
     * defaults.
     */
    public static String location(Path file) {
        String name = file.toString();
        boolean hasKnownExtension = name.matches(".*\\.(ya?ml|properties)");
        return "optional:classpath:/,file:" + file.toAbsolutePath() + (hasKnownExtension ? "" : "[.yaml]");
    }

    private static String message(RuntimeException e) {
        @Nullable Throwable cause = e;
        while (cause != null && !(cause instanceof YAMLException)) {
            cause = cause.getCause();
        }
        if (cause instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            Mark mark = marked.getProblemMark();
            return ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1) + ": " + marked.getProblem()
                    + " (expected: YAML)";
        }
        return ": " + (cause == null ? firstLine(e) : firstLine(cause) + " (expected: YAML)");
    }

    private static String firstLine(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return message.lines().findFirst().orElse(message);
    }
}
