package io.mooring.balancer.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableLineTest {

    @ParameterizedTest
    @ValueSource(ints = {0x0a, 0x0d, 0x1b, 0x7f, 0x85, 0x200e, 0x2028, 0x2029, 0x202e, 0xd800, 0xfeff})
    void whatWouldEndOrHideALineIsEscaped(int c) {
        String text = "a" + Character.toString(c) + "b";

        assertThat(PrintableLine.of(text, 10)).isEqualTo("a" + String.format("\\u%04x", c) + "b");
    }

    @Test
    void lettersOfAllScriptsStay() {
        assertThat(PrintableLine.of("größe 大小 \uD83D\uDE80", 100)).isEqualTo("größe 大小 \uD83D\uDE80");
    }

    @Test
    void longTextIsCutBetweenCharacters() {
        String rocket = "\uD83D\uDE80";

        assertThat(PrintableLine.of(rocket.repeat(4), 4)).isEqualTo(rocket.repeat(4));
        assertThat(PrintableLine.of(rocket.repeat(5), 4)).isEqualTo(rocket.repeat(4) + "...");
    }
}
