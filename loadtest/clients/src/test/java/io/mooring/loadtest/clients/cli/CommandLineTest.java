package io.mooring.loadtest.clients.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandLineTest {

    private static final String USAGE = "--rate N --target HOST:PORT [--warm-up S]";

    @Test
    void readsValuesInAnyOrder() {
        CommandLine line = parse("--target", "127.0.0.1:8080", "--rate", "200");

        assertThat(line.positive("--rate")).isEqualTo(200);
        assertThat(line.hostAndPort("--target").getPort()).isEqualTo(8080);
        assertThat(line.find("--warm-up")).isEmpty();
        assertThat(parse("--target", "h:1", "--rate", "1", "--warm-up", "0").seconds("--warm-up", 0))
                .isEqualTo(Duration.ZERO);
    }

    @Test
    void saysWhichNameIsWrong() {
        assertThatThrownBy(() -> parse("--rate", "1")).hasMessage("--target: missing (expected: " + USAGE + ")");
        assertThatThrownBy(() -> parse("--rate", "1", "--rate", "2"))
                .hasMessageStartingWith("--rate (expected: once, with a value, of ");
        assertThatThrownBy(() -> parse("--speed", "1")).hasMessageStartingWith("--speed (expected: ");
        assertThatThrownBy(() -> parse("--rate")).hasMessageStartingWith("--rate (expected: ");
    }

    @Test
    void saysWhichValueIsWrong() {
        CommandLine line = parse("--rate", "0", "--target", "127.0.0.1:65536", "--warm-up", "2s");

        assertThatThrownBy(() -> line.positive("--rate")).hasMessage("--rate: 0 (expected: a whole number from 1)");
        assertThatThrownBy(() -> line.number("--rate", 5, 9))
                .hasMessage("--rate: 0 (expected: a whole number from 5 to 9)");
        assertThatThrownBy(() -> line.seconds("--warm-up", 0))
                .hasMessage("--warm-up: 2s (expected: a whole number from 0)");
        assertThatThrownBy(() -> line.hostAndPort("--target"))
                .hasMessage("--target: 127.0.0.1:65536 (expected: HOST:PORT)");
    }

    private static CommandLine parse(String... arguments) {
        return CommandLine.parse(USAGE, List.of(arguments));
    }
}
