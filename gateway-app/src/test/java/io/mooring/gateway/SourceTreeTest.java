package io.mooring.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the sources of all modules have in common. */
class SourceTreeTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    @Test
    void noFileIsLongerThan500Lines() {
        assertThat(sources("/src/"))
                .isNotEmpty()
                .allSatisfy(file -> assertThat(lines(file)).as(file.toString()).hasSizeLessThanOrEqualTo(500));
    }

    @Test
    void everyPackageHasADoorway() {
        List<Path> packages =
                sources("/src/main/").stream().map(Path::getParent).distinct().toList();
        assertThat(packages)
                .isNotEmpty()
                .allSatisfy(directory -> assertThat(Files.readString(directory.resolve("package-info.java")))
                        .as(directory.toString())
                        .contains("@NullMarked"));
    }

    private static List<Path> sources(String below) {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> file.toString().contains(below))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
