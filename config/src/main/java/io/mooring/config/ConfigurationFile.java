package io.mooring.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.Resource;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads a configuration file into an environment the way Spring Boot does when it starts. */
public final class ConfigurationFile {

    private static final String LOCATION = "spring.config.location";

    private static final String MORE_LOCATIONS = "spring.config.additional-location";

    /** Where Spring Boot looks for files if it is not told where they are. */
    private static final String FOUND = "optional:file:./,optional:file:./config/,optional:file:./config/*/";

    private static final String READ_FROM_FILES = "Config resource '";

    private static final Pattern FILE = Pattern.compile("(?:optional:)?file:(.+?)(?:\\[\\.\\w+])?");

    /**
     * What was read.
     *
     * @param environment what the files say, over and under what is not of files
     * @param files all that were opened, also those that say nothing
     */
    public record Reading(ConfigurableEnvironment environment, Set<Path> files) {

        /** Keeps the files as they are. */
        public Reading {
            files = Set.copyOf(files);
        }
    }

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
        readFiles(environment, new OpenedFiles(), file);
        return environment;
    }

    /**
     * An environment like the one that the program was started with, but of what its files, with profiles and imports,
     * say now. All that is not of files is the same: arguments, system properties, environment variables.
     *
     * <p>Those files that the program was told to read, or found by itself, must still be there. What they import
     * must be there if they still import it.
     *
     * @throws UnreadableConfigurationException if a file is not there or not well-formed
     */
    public static Reading reread(ConfigurableEnvironment started) {
        Set<Path> given = given(started);
        given.forEach(ConfigurationFile::requireReadable);
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
        OpenedFiles opened = new OpenedFiles();
        readFiles(environment, opened, given.stream().findFirst().orElse(Path.of("application.yml")));
        weaker.forEach(sources::addLast);
        Set<Path> files = new LinkedHashSet<>(opened.files());
        files.addAll(filesOf(environment));
        return new Reading(environment, files);
    }

    /** The files that an environment was read from, in the file system, but for imports that say nothing. */
    public static Set<Path> filesOf(ConfigurableEnvironment environment) {
        Set<Path> files = filesOf(environment, source -> true);
        locations(environment).flatMap(location -> named(location).stream()).forEach(files::add);
        return files;
    }

    private static Stream<String> locations(ConfigurableEnvironment environment) {
        String locations = environment.getProperty(LOCATION, FOUND) + "," + environment.getProperty(MORE_LOCATIONS, "");
        return Stream.of(locations.split("[,;]")).map(String::trim);
    }

    /** The file that a location is the name of. */
    private static Optional<Path> named(String location) {
        Matcher matcher = FILE.matcher(location);
        return matcher.matches()
                ? Optional.of(Path.of(matcher.group(1)).toAbsolutePath()).filter(Files::isRegularFile)
                : Optional.empty();
    }

    /** Those of the files that no other file imports. */
    private static Set<Path> given(ConfigurableEnvironment environment) {
        List<String> endings = locations(environment)
                .map(location -> "' via location '" + location + "'")
                .toList();
        return filesOf(environment, source -> endings.stream().anyMatch(source.getName()::contains));
    }

    private static Set<Path> filesOf(ConfigurableEnvironment environment, Predicate<PropertySource<?>> which) {
        return environment.getPropertySources().stream()
                .filter(which)
                .flatMap(source -> fileOf(source).stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Optional<Path> fileOf(PropertySource<?> source) {
        if (source instanceof OriginTrackedMapPropertySource tracked
                && tracked.getPropertyNames().length > 0
                && tracked.getOrigin(tracked.getPropertyNames()[0]) instanceof TextResourceOrigin text
                && text.getResource() != null) {
            return fileOf(text.getResource());
        }
        return Optional.empty();
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
            throw new UnreadableConfigurationException(file + ": missing (expected: a readable file)", Set.of(file));
        }
    }

    /** @param file stands for all in what is said of an error that is not of one file's */
    private static void readFiles(ConfigurableEnvironment environment, OpenedFiles opened, Path file) {
        try {
            ConfigDataEnvironmentPostProcessor.applyTo(environment, opened, null);
        } catch (RuntimeException e) {
            throw new UnreadableConfigurationException(message(e, opened, file), opened.files(), e);
        }
        environment.getPropertySources().stream()
                .filter(ConfigurationFile::isNoMapping)
                .findFirst()
                .ifPresent(source -> {
                    throw new UnreadableConfigurationException(
                            fileOf(source).orElse(file) + ":1:1: no keys at the top level (expected: YAML)",
                            opened.files());
                });
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

    /** A syntax error is in the file that was opened last, since each is read before the next. */
    private static String message(RuntimeException e, OpenedFiles opened, Path file) {
        @Nullable Throwable cause = e;
        while (cause != null && !(cause instanceof YAMLException)) {
            cause = cause.getCause();
        }
        if (cause == null) {
            return file + ": " + firstLine(e);
        }
        Path wrong = opened.last().orElse(file);
        if (cause instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            Mark mark = marked.getProblemMark();
            return wrong + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1) + ": " + marked.getProblem()
                    + " (expected: YAML)";
        }
        return wrong + ": " + firstLine(cause) + " (expected: YAML)";
    }

    private static String firstLine(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return message.lines().findFirst().orElse(message);
    }
}
