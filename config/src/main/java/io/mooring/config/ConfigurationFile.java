package io.mooring.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.Resource;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads a configuration file into an environment the way Spring Boot does when it starts. */
public final class ConfigurationFile {

    private static final String LOCATION = "spring.config.location";

    private static final String READ_FROM_FILES = "Config resource '";

    private ConfigurationFile() {}

    /**
     * An environment of, from strong to weak: system properties, environment variables, the file with its profiles
     * and imports, and the {@code application.yml} on the class path.
     *
     * @throws UnreadableConfigurationException if the file is not there or not well-formed
     */
    public static ConfigurableEnvironment load(Path file) {
        requireReadable(file);
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("configuration file", Map.of(LOCATION, location(file))));
        readFiles(environment, file);
        return environment;
    }

    /**
     * An environment like the one that the program was started with, but of what its files, with profiles and imports,
     * say now. All that is not of files is the same: arguments, system properties, environment variables.
     *
     * @param files those that must be there; the first stands for all in what is said of an error
     * @throws UnreadableConfigurationException if a file is not there or not well-formed
     */
    public static ConfigurableEnvironment reread(ConfigurableEnvironment started, Collection<Path> files) {
        files.forEach(ConfigurationFile::requireReadable);
        StandardEnvironment environment = new StandardEnvironment();
        MutablePropertySources sources = environment.getPropertySources();
        sources.stream().toList().forEach(source -> sources.remove(source.getName()));
        List<PropertySource<?>> weaker = new ArrayList<>();
        boolean pastFiles = false;
        for (PropertySource<?> source : started.getPropertySources()) {
            if (source.getName().startsWith(READ_FROM_FILES)) {
                pastFiles = true;
            } else if (pastFiles) {
                weaker.add(source);
            } else if (!ConfigurationPropertySources.isAttachedConfigurationPropertySource(source)) {
                sources.addLast(source);
            }
        }
        readFiles(environment, files.iterator().next());
        weaker.forEach(sources::addLast);
        return environment;
    }

    /** The files that an environment was read from, in the file system. */
    public static Set<Path> filesOf(ConfigurableEnvironment environment) {
        Set<Path> files = new LinkedHashSet<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof OriginTrackedMapPropertySource tracked && tracked.getPropertyNames().length > 0) {
                Origin origin = tracked.getOrigin(tracked.getPropertyNames()[0]);
                if (origin instanceof TextResourceOrigin text && text.getResource() != null) {
                    fileOf(text.getResource()).ifPresent(files::add);
                }
            }
        }
        return files;
    }

    private static Optional<Path> fileOf(Resource resource) {
        try {
            return resource.isFile() ? Optional.of(resource.getFile().toPath().toAbsolutePath()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void requireReadable(Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new UnreadableConfigurationException(file + ": missing (expected: a readable file)");
        }
    }

    private static void readFiles(ConfigurableEnvironment environment, Path file) {
        try {
            // By the class loader that the program is from, which a thread of the JVM's own does not have.
            ConfigDataEnvironmentPostProcessor.applyTo(
                    environment, new DefaultResourceLoader(ConfigurationFile.class.getClassLoader()), null);
        } catch (RuntimeException e) {
            throw new UnreadableConfigurationException(file + message(e), e);
        }
        if (environment.getPropertySources().stream().anyMatch(ConfigurationFile::isNoMapping)) {
            throw new UnreadableConfigurationException(file + ":1:1: no keys at the top level (expected: YAML)");
        }
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
