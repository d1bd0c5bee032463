package io.mooring.gateway.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mooring.balancer.session.RestoreReport;
import io.mooring.balancer.session.ScopeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableFileTest {

    @TempDir
    Path directory;

    private final TestFleet fleet = new TestFleet();

    @Test
    void whatIsSavedIsRestoredAndReadByItsOwnerOnly() throws IOException {
        fleet.visits(100);
        TableFile file = file();
        file.save(fleet.sessions());
        file.save(fleet.sessions());

        assertThat(file.restore(new TestFleet().sessions())).contains(new RestoreReport(100, 0, 0));
        assertThat(Files.getPosixFilePermissions(file.path())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (Stream<Path> files = Files.list(file.path().getParent())) {
            assertThat(files).containsExactly(file.path());
        }
    }

    @Test
    void whatWasNeverSavedIsNotThere() throws IOException {
        assertThat(file().restore(fleet.sessions())).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void onAFullDiskWhatWasSavedBeforeStays() throws IOException {
        fleet.visits(10);
        TableFile file = file();
        file.save(fleet.sessions());
        fleet.visits(20);
        Path draft = draft(ProcessHandle.current().pid());
        Files.createSymbolicLink(draft, Path.of("/dev/full"));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> file.save(fleet.sessions()))
                .withMessage("No space left on device");

        assertThat(draft).doesNotExist();
        assertThat(file.restore(new TestFleet().sessions())).contains(new RestoreReport(10, 0, 0));
        file.save(fleet.sessions());
        assertThat(file.restore(new TestFleet().sessions())).contains(new RestoreReport(20, 0, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "UPSTREAM, db, upstream-db.table",
        "LISTENER, db, listener-db.table",
        "ROUTE, Shop.1, route-%53hop%2e1.table",
        "ROUTE, ../../etc/passwd, route-%2e%2e%2f%2e%2e%2fetc%2fpasswd.table",
        "ROUTE, ä%, route-%c3%a4%25.table"
    })
    void aNameIsAFileNameWhateverIsInIt(ScopeId.Kind kind, String name, String file) {
        assertThat(TableFile.nameOf(new ScopeId(kind, name))).isEqualTo(file);
    }

    @ParameterizedTest
    @ValueSource(ints = {150, 255, 100_000})
    void aLongNameIsCutAndStillItsOwn(int length) throws IOException {
        List<String> names = Stream.of("x", "y")
                .map(end -> TableFile.nameOf(new ScopeId(ScopeId.Kind.ROUTE, "a".repeat(length) + end)))
                .toList();

        assertThat(names).doesNotHaveDuplicates().allSatisfy(name -> {
            assertThat(name).endsWith(".table");
            Files.createFile(directory.resolve(name + "." + Long.MAX_VALUE + ".draft"));
        });
    }

    private TableFile file() {
        return new TableFile(directory.resolve("sessions"), fleet.id());
    }

    private Path draft(long pid) {
        return directory.resolve("sessions").resolve(TableFile.nameOf(fleet.id()) + "." + pid + ".draft");
    }
}
