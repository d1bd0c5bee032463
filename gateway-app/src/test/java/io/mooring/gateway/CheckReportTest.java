package io.mooring.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckReportTest {

    private static final String TEN_MISTAKES = """
            server.port: 8080
            mooring:
              data-dri: ./data
              http: { keepalive-timeout: 901s }
              upstreams:
                shop:
                  balancing: weighted-least-connections
                  persistence: { type: cookie, idle-timeout: 29s }
                  backends:
                    shop-1: { address: "127.0.0.1", weight: 101 }
                    shop-2: { weight: ten, address: "127.0.0.1:9002" }
              listeners:
                db: { protocol: tcp, port: 8080, upstream: bd, idle-timeout: 5s }
              persistence:
                keys: [ { id: k1, secret: short-secret } ]
            """;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream good = new ByteArrayOutputStream();
    private final ByteArrayOutputStream bad = new ByteArrayOutputStream();

    @Test
    void aFileWithTenMistakesNamesAllTen() throws IOException {
        assertThat(check(TEN_MISTAKES)).isEqualTo(1);

        assertThat(bad())
                .contains(
                        "mooring.data-dri: ",
                        "mooring.http.keepalive-timeout: 901s",
                        "mooring.upstreams.shop.persistence.type: cookie",
                        "mooring.upstreams.shop.persistence.idle-timeout: 29s",
                        "mooring.upstreams.shop.backends.shop-1.address: 127.0.0.1",
                        "mooring.upstreams.shop.backends.shop-1.weight: 101",
                        "mooring.upstreams.shop.backends.shop-2.weight: ten",
                        "mooring.listeners.db.port: 8080",
                        "mooring.listeners.db.upstream: bd",
                        "mooring.listeners.db.idle-timeout: 5s",
                        "mooring.persistence.keys[0].secret: ")
                .doesNotContain("short-secret")
                .doesNotContain("Exception");
        assertThat(bad().lines().filter(line -> line.contains(" (expected: "))).hasSize(11);
        assertThat(good()).isEmpty();
    }

    @Test
    void theDemosFileIsValid() {
        Path demo = Path.of("src/main/resources/demo.yml");

        assertThat(report(demo)).isZero();
        assertThat(good()).isEqualToIgnoringNewLines(demo + ": valid");
        assertThat(bad()).isEmpty();
    }

    @Test
    void aMissingFileIsNamed() {
        Path missing = directory.resolve("nowhere.yml");

        assertThat(report(missing)).isEqualTo(1);
        assertThat(bad()).startsWith(missing.toString()).hasLineCount(1);
    }

    @Test
    void aFileThatIsNoYamlIsNamedWithTheLine() throws IOException {
        assertThat(check("mooring:\n  upstreams: {\n")).isEqualTo(1);

        assertThat(bad())
                .startsWith(directory.toString())
                .contains("application.yml:3:1: ")
                .hasLineCount(1);
    }

    private int check(String yaml) throws IOException {
        return report(Files.writeString(directory.resolve("application.yml"), yaml));
    }

    private int report(Path file) {
        return new CheckReport(file)
                .print(
                        new PrintStream(good, true, StandardCharsets.UTF_8),
                        new PrintStream(bad, true, StandardCharsets.UTF_8));
    }

    private String good() {
        return good.toString(StandardCharsets.UTF_8);
    }

    private String bad() {
        return bad.toString(StandardCharsets.UTF_8);
    }
}
