package io.mooring.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.ConfigurableEnvironment;

class ConfigurationFileTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"mooring.yml", "mooring.yaml", "mooring.conf", "mooring", "a b.yml"})
    void aFileIsReadWhateverItsName(String name) throws IOException {
        Path file = write(name, Configurations.VALID);

        Inspection inspection = ConfigurationCheck.inspect(ConfigurationFile.load(file));

        assertThat(inspection.orThrow().topology().upstreams()).hasSize(3);
    }

    @Test
    void documentsForAProfileCountOnlyWithIt() throws IOException {
        Path file = write("mooring.yml", """
                mooring.http.keepalive-timeout: 10s
                ---
                mooring.http.keepalive-timeout: 20s
                ---
                spring.config.activate.on-profile: other
                mooring.http.keepalive-timeout: 30s
                """);

        assertThat(ConfigurationCheck.inspect(ConfigurationFile.load(file))
                        .orThrow()
                        .keepaliveTimeout())
                .hasSeconds(20);
    }

    @Test
    void environmentVariablesResolvePlaceholders() throws IOException {
        String variable = System.getenv().keySet().stream()
                .filter(name -> name.matches("[A-Z]+"))
                .findFirst()
                .orElseThrow();
        Path file = write("mooring.yml", "mooring.data-dir: ${" + variable + "}/x");

        assertThat(ConfigurationFile.load(file).getProperty("mooring.data-dir"))
                .isEqualTo(System.getenv(variable) + "/x");
    }

    @Test
    void isReadByAThreadThatKnowsNothingOfTheProgram() throws Exception {
        Path file = write("mooring.yml", "mooring.http.keepalive-timeout: 10s");
        Thread signal =
                new Thread(() -> assertThat(ConfigurationFile.load(file).getProperty("mooring.http.keepalive-timeout"))
                        .isEqualTo("10s"));
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        signal.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        signal.setUncaughtExceptionHandler((thread, failure) -> thrown.set(failure));

        signal.start();
        signal.join();

        assertThat(thrown).hasNullValue();
    }

    @Test
    void aMissingFileIsOneLine() {
        Path file = directory.resolve("nowhere.yml");

        assertThatExceptionOfType(UnreadableConfigurationException.class)
                .isThrownBy(() -> ConfigurationFile.load(file))
                .withMessage(file + ": missing (expected: a readable file)");
    }

    @Test
    void aSyntaxErrorIsOneLineWithItsPlace() throws IOException {
        Path file = write("mooring.yml", "mooring:\n  http:\n    a: b: c\n");

        assertThatExceptionOfType(UnreadableConfigurationException.class)
                .isThrownBy(() -> ConfigurationFile.load(file))
                .withMessage(file + ":3:9: mapping values are not allowed here (expected: YAML)");
    }

    @Test
    void aKeyThatOccursTwiceIsOneLineWithItsPlace() throws IOException {
        Path file = write("mooring.yml", "mooring:\n  http: {}\n  http: {}\n");

        assertThatExceptionOfType(UnreadableConfigurationException.class)
                .isThrownBy(() -> ConfigurationFile.load(file))
                .withMessage(file + ":3:3: found duplicate key http (expected: YAML)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"- a\n- b\n", "just text", "a: \u0001", "spring.config.import: file:/nowhere/x.yml"})
    void whatIsNotAConfigurationIsOneLine(String text) throws IOException {
        Path file = write("mooring.yml", text);

        assertThatExceptionOfType(UnreadableConfigurationException.class)
                .isThrownBy(() -> ConfigurationFile.load(file))
                .satisfies(
                        e -> assertThat(e.getMessage()).startsWith(file + ":").doesNotContain("\n"));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway.yml", "gateway.conf"})
    void aFileThatSaysNothingYetIsOneAllTheSame(String name) throws IOException {
        Path empty = Files.writeString(directory.resolve(name), "# to be written\n");
        ConfigurableEnvironment started = ConfigurationFile.load(empty);
        assertThat(ConfigurationFile.filesOf(started)).contains(empty);

        Files.writeString(empty, "a: 1");

        assertThat(ConfigurationFile.reread(started).environment().getProperty("a"))
                .isEqualTo("1");
    }
}
