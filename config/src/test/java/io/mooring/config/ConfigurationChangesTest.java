package io.mooring.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

class ConfigurationChangesTest {

    private static final String LISTENER = "mooring.listeners.db: { protocol: tcp, port: 15432, upstream: db%s }";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mooring.upstreams.shop.backends.a.weight: 1 | mooring.upstreams.shop.backends.a.weight: 2 | ''",
                "server.port: 1 | server.port: 2 | server.port",
                "server.port: 1 | serverPort: 1 | 'server.port,serverport'",
                "mooring.dataDir: x | mooring.data-dir: x | ''",
                "mooring.http.keepalive-timeout: 1s | mooring.http.keepalive-timeout: ${none:1s} | ''",
                "mooring.listeners.db.idle-timeout: 1s | mooring.listeners.db.idleTimeout: 2s | ''",
                "mooring.listeners.db.reschedule.delay: 1s | mooring.listeners.db.reschedule.delay: 2s | ''",
                "mooring.listeners.db.backlog: 1 | mooring.listeners.db.backlog: 2 | mooring.listeners.db.backlog",
            })
    void aPropertyThatDiffersNeedsARestartUnlessItIsLive(String before, String after, String needing)
            throws IOException {
        assertThat(String.join(",", changes(before, after))).isEqualTo(needing);
    }

    @Test
    void aListenerThatIsNewOrOpenedAnewNeedsNoRestart() throws IOException {
        assertThat(changes("a: 1", "a: 1\n" + LISTENER.formatted(", backlog: 5")))
                .isEmpty();
        assertThat(changes("a: 1\n" + LISTENER.formatted(", backlog: 5"), "a: 1"))
                .isEmpty();
        assertThat(changes(
                        LISTENER.formatted(", backlog: 5"),
                        LISTENER.formatted(", backlog: 6").replace("15432", "15433")))
                .isEmpty();
    }

    @Test
    void routesNeedNoRestartAndDefaultFiltersDo() throws IOException {
        String routes = "spring.cloud.gateway.server.webflux.routes[0].uri: http://";

        assertThat(changes(routes + "a", routes + "b")).isEmpty();
        assertThat(changes("a: 1", "a: 1\nspring.cloud.gateway.server.webflux.default-filters: [ RemoveHop ]"))
                .containsExactly("spring.cloud.gateway.server.webflux.default-filters[0]");
    }

    @Test
    void whatIsNotOfFilesIsTheSameWhenTheyAreReadAgain() throws IOException {
        Path file = Files.writeString(directory.resolve("gateway.yml"), "a: 1\nb: 1\nc: ${d}");
        ConfigurableEnvironment started = ConfigurationFile.load(file);
        started.getPropertySources().addFirst(new MapPropertySource("arguments", Map.of("a", "argument", "d", "4")));
        started.getPropertySources().addLast(new MapPropertySource("defaults", Map.of("b", "default", "e", "5")));
        Files.writeString(file, "a: 2\nb: 2\nc: ${d}");

        ConfigurableEnvironment again = ConfigurationFile.reread(started).environment();

        assertThat(Map.of(
                        "a", again.getProperty("a", ""),
                        "b", again.getProperty("b", ""),
                        "c", again.getProperty("c", ""),
                        "e", again.getProperty("e", "")))
                .isEqualTo(Map.of("a", "argument", "b", "2", "c", "4", "e", "5"));
        assertThat(ConfigurationFile.filesOf(again)).contains(file);
        assertThat(ConfigurationChanges.between(started, again).needingRestart())
                .containsExactly("b");
    }

    @Test
    void aFileThatIsGoneIsNoConfiguration() throws IOException {
        Path file = Files.writeString(directory.resolve("gateway.yml"), "a: 1");
        ConfigurableEnvironment started = ConfigurationFile.load(file);
        Files.delete(file);

        assertThatExceptionOfType(UnreadableConfigurationException.class)
                .isThrownBy(() -> ConfigurationFile.reread(started))
                .withMessage(file + ": missing (expected: a readable file)");
    }

    private Set<String> changes(String before, String after) throws IOException {
        return ConfigurationChanges.between(load("before.yml", before), load("after.yml", after))
                .needingRestart()
                .stream()
                .filter(name -> !name.startsWith("spring.config."))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private ConfigurableEnvironment load(String name, String yaml) throws IOException {
        return ConfigurationFile.load(Files.writeString(directory.resolve(name), yaml));
    }
}
