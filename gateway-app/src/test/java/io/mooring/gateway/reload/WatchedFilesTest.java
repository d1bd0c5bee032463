package io.mooring.gateway.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class WatchedFilesTest {

    @TempDir
    private Path directory;

    private Path file;
    private WatchedFiles watched;

    @BeforeEach
    void watch() throws IOException {
        file = Files.writeString(directory.resolve("gateway.yml"), "one");
        watched = new WatchedFiles(Set.of(file));
    }

    @Test
    void aChangeCountsOnceTwoLooksAgree() throws IOException {
        assertThat(watched.haveChanged()).isFalse();

        Files.writeString(file, "two");
        assertThat(watched.haveChanged()).isFalse();
        Files.writeString(file, "two and more");
        assertThat(watched.haveChanged()).isFalse();
        assertThat(watched.haveChanged()).isTrue();
        assertThat(watched.haveChanged()).isFalse();
    }

    @Test
    void aFileOfTheSameSizeAndAgeThatSaysSomethingElseHasChanged() throws IOException {
        var time = Files.getLastModifiedTime(file);
        Files.writeString(file, "two");
        Files.setLastModifiedTime(file, time);

        assertThat(settled()).isTrue();
    }

    @Test
    void anotherFileOfItsNameIsAChangeIfItSaysSomethingElse() throws IOException {
        Path draft = Files.writeString(directory.resolve("draft"), "one");
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        assertThat(settled()).isFalse();

        draft = Files.writeString(directory.resolve("draft"), "two");
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        assertThat(settled()).isTrue();
    }

    @Test
    void aLinkThatLeadsElsewhereIsAChange() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        WatchedFiles linked = new WatchedFiles(Set.of(link));
        Path other = Files.writeString(directory.resolve("other"), "two");
        Files.delete(link);
        Files.createSymbolicLink(link, other);

        assertThat(linked.haveChanged()).isFalse();
        assertThat(linked.haveChanged()).isTrue();
    }

    @Test
    void aFileThatIsMissingIsNoChangeUntilThereIsAnother() throws IOException {
        Files.delete(file);
        assertThat(settled()).isFalse();

        Files.writeString(file, "one");
        assertThat(settled()).isFalse();

        Files.delete(file);
        assertThat(settled()).isFalse();
        Files.writeString(file, "two");
        assertThat(settled()).isTrue();
    }

    @Test
    void aFileThatWasMissingWhenAnotherChangedIsAChangeWhenItComesAgain() throws IOException {
        Path more = Files.writeString(directory.resolve("more.yml"), "one");
        watched.become(Set.of(file, more));
        Files.delete(file);
        Files.writeString(more, "two");
        assertThat(settled()).isTrue();
        assertThat(settled()).isFalse();

        Files.writeString(file, "one");
        assertThat(settled()).isTrue();
        assertThat(settled()).isFalse();
    }

    @Test
    void aFileThatStaysMissingIsSaidOnce(CapturedOutput output) throws IOException {
        Files.delete(file);
        watched.haveChanged();
        assertThat(output).doesNotContain("missing");

        watched.haveChanged();
        assertThat(output).containsOnlyOnce(file + ": missing");
        assertThat(settled()).isFalse();
        assertThat(output).containsOnlyOnce(file + ": missing");

        watched.become(Set.of());
        watched.become(Set.of(file));
        watched.haveChanged();
        assertThat(output.getAll().split(": missing", -1)).hasSize(3);
    }

    @Test
    void filesThatAreAddedAreKnownAsTheyAre() throws IOException {
        Path more = Files.writeString(directory.resolve("more.yml"), "one");
        watched.become(Set.of(file, more));
        assertThat(settled()).isFalse();

        Files.writeString(more, "two");
        assertThat(settled()).isTrue();
    }

    private boolean settled() {
        boolean first = watched.haveChanged();
        boolean second = watched.haveChanged();
        return first || second;
    }
}
