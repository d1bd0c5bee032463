package io.mooring.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gateway.accesslog.LogField;
import io.mooring.gateway.metrics.MetricName;
import io.mooring.l4.Ending;
import io.mooring.l4.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/observability.md} against the enums it describes. */
class ObservabilityDocsTest {

    @Test
    void everyMetricIsDocumentedWithItsTagsAndNoOther() throws IOException {
        assertThat(rowsOf("## Metrics"))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(MetricName.values())
                        .map(metric -> "| `" + metric.key() + "` | "
                                + metric.tags().stream()
                                        .map(tag -> "`" + tag + "`")
                                        .collect(Collectors.joining(", ")))
                        .map(String::strip)
                        .toList());
    }

    @Test
    void everyLogFieldIsDocumentedInItsOrder() throws IOException {
        assertThat(firstCells("## Access log", "| field |"))
                .containsExactlyElementsOf(
                        Arrays.stream(LogField.values()).map(LogField::key).toList());
    }

    @Test
    void everyReasonOfARefusalIsDocumented() throws IOException {
        assertThat(firstCells("## Refused clients", "| `reason` |"))
                .containsExactlyElementsOf(
                        Arrays.stream(Refusal.values()).map(Refusal::key).toList());
    }

    @Test
    void everyEndOfARelayIsDocumented() throws IOException {
        assertThat(firstCells("## Access log", "| `end` | of |"))
                .containsAll(Arrays.stream(Ending.values()).map(Ending::key).toList());
    }

    private static List<String> rowsOf(String heading) throws IOException {
        return section(heading)
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(0, line.indexOf('|', line.indexOf('|', 1) + 1))
                        .strip())
                .toList();
    }

    private static List<String> firstCells(String heading, String tableHead) throws IOException {
        return section(heading)
                .dropWhile(line -> !line.startsWith(tableHead))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> line.split("`", -1)[1])
                .toList();
    }

    private static Stream<String> section(String heading) throws IOException {
        return Files.readAllLines(Path.of("..", "docs", "observability.md")).stream()
                .dropWhile(line -> !line.equals(heading))
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "));
    }
}
