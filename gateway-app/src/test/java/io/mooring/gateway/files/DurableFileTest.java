package io.mooring.gateway.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class DurableFileTest {

    @TempDir
    Path temporary;

    private Path directory;
    private Path path;

    @BeforeEach
    void choosePlace() {
        directory = temporary.resolve("data");
        path = directory.resolve("notes");
    }

    @Test
    void whatIsReplacedIsReadByItsOwnerOnlyAndNothingIsBesideIt() throws IOException {
        DurableFile file = new DurableFile(path);
        replace(file, "one");
        replace(file, "two");

        assertThat(path).hasContent("two");
        assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(present()).containsExactly(path);
    }

    @Test
    void whatFailsWhileItIsWrittenLeavesTheOneBeforeAndNothingBesideIt() throws IOException {
        DurableFile file = new DurableFile(path);
        replace(file, "one");

        assertThatThrownBy(() -> file.replace(out -> {
                    out.write("tw".getBytes(UTF_8));
                    throw new IOException("the disk is full");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk is full");

        assertThat(path).hasContent("one");
        assertThat(present()).containsExactly(path);
    }

    @Test
    void aDiskThatFailsOnceTheFileHasItsPlaceIsToldOfOnceAndNoFailure(CapturedOutput output) throws IOException {
        AtomicBoolean isBroken = new AtomicBoolean(true);
        DurableFile file = new DurableFile(path, entries -> {
            if (isBroken.get()) {
                throw new IOException("Input/output error");
            }
            entries.force(true);
        });
        String warning = path + ": it was replaced, and is not known to be on the disk";

        replace(file, "one");
        replace(file, "two");
        assertThat(path).hasContent("two");
        assertThat(output.getAll()).containsOnlyOnce(warning).contains("Input/output error");
        isBroken.set(false);
        replace(file, "three");
        isBroken.set(true);
        replace(file, "four");

        assertThat(path).hasContent("four");
        assertThat(output.getAll().split(warning, -1)).hasSize(3);
        assertThat(present()).containsExactly(path);
    }

    @Test
    void whatTheLivingWriteIsNotTakenForWhatTheDeadLeft() throws Exception {
        assertThat(DurableFile.isLeftBehind(draft("notes", deadPid()), any -> true))
                .isTrue();
        assertThat(DurableFile.isLeftBehind(
                        draft("notes", ProcessHandle.current().pid()), any -> true))
                .isFalse();
        assertThat(DurableFile.isLeftBehind(path, any -> true)).isFalse();
        assertThat(DurableFile.isLeftBehind(directory.resolve("notes.draft"), any -> true))
                .isFalse();
    }

    @Test
    void onlyWhatTheDeadLeftOfTheFileIsSweptAway() throws Exception {
        DurableFile file = new DurableFile(path);
        file.sweep();
        assertThat(directory).doesNotExist();
        replace(file, "one");
        Path left = Files.createFile(draft("notes", deadPid()));
        Path ofAnother = Files.createFile(draft("letters", deadPid()));
        Path ofTheLiving =
                Files.createFile(draft("notes", ProcessHandle.current().pid()));

        file.sweep();

        assertThat(left).doesNotExist();
        assertThat(present()).containsExactlyInAnyOrder(path, ofAnother, ofTheLiving);
    }

    private Path draft(String name, long pid) {
        return directory.resolve(name + "." + pid + ".draft");
    }

    private Stream<Path> present() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList().stream();
        }
    }

    private static void replace(DurableFile file, String text) throws IOException {
        file.replace(out -> out.write(text.getBytes(UTF_8)));
    }

    private static long deadPid() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        return dead.pid();
    }
}
