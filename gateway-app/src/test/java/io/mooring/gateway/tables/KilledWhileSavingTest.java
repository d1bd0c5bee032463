package io.mooring.gateway.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.RestoreReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that save without end, and are killed at some moment of it. */
class KilledWhileSavingTest {

    private static final int SESSIONS = 20_000;
    private static final int KILLS = 4;

    @TempDir
    Path directory;

    @Test
    void theTableIsWholeOrNotThereAtAll() throws Exception {
        Random random = new Random(12);
        TableFile file = new TableFile(directory, new TestFleet().id());
        long amid = 0;
        for (int i = 0; i < KILLS; i++) {
            Process saving = start();
            try (BufferedReader said =
                    new BufferedReader(new InputStreamReader(saving.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(said.readLine()).isEqualTo("saving");
                saving.waitFor(random.nextInt(200), TimeUnit.MILLISECONDS);
            } finally {
                saving.destroyForcibly().waitFor();
            }
            Optional<RestoreReport> restored = file.restore(new TestFleet().sessions());
            if (Files.exists(file.path())) {
                assertThat(restored).contains(new RestoreReport(SESSIONS, 0, 0));
            }
            amid += leftBehind();
        }
        assertThat(amid).as("kills in the middle of a save").isPositive();
    }

    private long leftBehind() throws IOException {
        long before = files();
        TableFile.sweep(directory);
        return before - files();
    }

    private long files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        }
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Saving.class.getName(),
                directory.toString()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** The program that is killed. */
    static final class Saving {

        private Saving() {}

        public static void main(String[] arguments) throws IOException {
            TestFleet fleet = new TestFleet();
            fleet.visits(SESSIONS);
            TableFile file = new TableFile(Path.of(arguments[0]), fleet.id());
            System.out.println("saving");
            while (true) {
                file.save(fleet.sessions());
            }
        }
    }
}
