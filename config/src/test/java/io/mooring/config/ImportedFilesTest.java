package io.mooring.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** A file that imports others, read again. */
class ImportedFilesTest {

    @TempDir
    private Path directory;

    private Path file;
    private Path imported;
    private ConfigurableEnvironment started;

    @BeforeEach
    void load() throws IOException {
        imported = Files.writeString(directory.resolve("more.yml"), "a: 1");
        file = Files.writeString(directory.resolve("gateway.yml"), "b: 1\nspring.config.import: more.yml");
        started = ConfigurationFile.load(file);
    }

    @Test
    void areAmongTheFilesFromTheStart() {
        assertThat(ConfigurationFile.filesOf(started)).contains(file, imported);
        assertThat(ConfigurationFile.reread(started).files()).containsExactlyInAnyOrder(file, imported);
    }

    @Test
    void areReadAgainAlsoWhenTheyCameLater() throws IOException {
        Path later = Files.writeString(directory.resolve("later.yml"), "a: 2");
        Files.writeString(file, "spring.config.import: [ more.yml, later.yml ]");

        ConfigurationFile.Reading reading = ConfigurationFile.reread(started);

        assertThat(reading.environment().getProperty("a")).isEqualTo("2");
        assertThat(reading.files()).containsExactlyInAnyOrder(file, imported, later);
    }

    @Test
    void neededThatAreNotImportedAnyMoreMayBeGone() throws IOException {
        Files.writeString(file, "b: 2");
        Files.delete(imported);

        ConfigurationFile.Reading reading = ConfigurationFile.reread(started);

        assertThat(reading.environment().getProperty("a")).isNull();
        assertThat(reading.environment().getProperty("b")).isEqualTo("2");
        assertThat(reading.files()).containsExactly(file);
    }

    @Test
    void thatAreImportedMustBeThere() throws IOException {
        Files.delete(imported);

        assertThatExceptionOfType(UnreadableConfigurationException.class)
                .isThrownBy(() -> ConfigurationFile.reread(started))
                .withMessageStartingWith(file + ": ")
                .withMessageContaining("more.yml");
    }

    @Test
    void thatAreOptionalMayBeGone() throws IOException {
        Files.writeString(file, "b: 2\nspring.config.import: optional:more.yml");
        Files.delete(imported);

        assertThat(ConfigurationFile.reread(started).environment().getProperty("b"))
                .isEqualTo("2");
    }

    @Test
    void thatSayNothingForTheTimeBeingAreFilesAllTheSame() throws IOException {
        Files.writeString(imported, "# nothing\n");

        assertThat(ConfigurationFile.reread(started).files()).containsExactlyInAnyOrder(file, imported);
    }

    @Test
    void areNamedInWhatIsSaidOfTheirErrors() throws IOException {
        Path later = Files.writeString(directory.resolve("later.yml"), "a: b: c");
        Files.writeString(file, "spring.config.import: [ more.yml, later.yml ]");

        assertThatExceptionOfType(UnreadableConfigurationException.class)
                .isThrownBy(() -> ConfigurationFile.reread(started))
                .withMessage(later + ":1:5: mapping values are not allowed here (expected: YAML)")
                .satisfies(error -> assertThat(error.files()).contains(file, later));

        Files.writeString(later, "- a");
        assertThatExceptionOfType(UnreadableConfigurationException.class)
                .isThrownBy(() -> ConfigurationFile.reread(started))
                .withMessage(later + ":1:1: no keys at the top level (expected: YAML)")
                .satisfies(error -> assertThat(error.files()).contains(file, later));
    }

    /** As it is where no file is named and the program finds one by itself. */
    @Test
    void orNotTheFileThatWasLookedForMustBeThere() throws IOException {
        Path found = Files.move(file, directory.resolve("application.yml"));
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "arguments", Map.of("spring.config.location", "optional:file:" + directory + "/")));
        ConfigDataEnvironmentPostProcessor.applyTo(environment, new OpenedFiles(), null);
        assertThat(ConfigurationFile.filesOf(environment)).containsExactlyInAnyOrder(found, imported);

        Files.delete(found);

        assertThatExceptionOfType(UnreadableConfigurationException.class)
                .isThrownBy(() -> ConfigurationFile.reread(environment))
                .withMessage(found + ": missing (expected: a readable file)");
    }
}
