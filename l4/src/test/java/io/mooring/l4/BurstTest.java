package io.mooring.l4;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BurstTest {

    private final Burst burst = new Burst();

    @Test
    void aSocketWithOneAtATimeIsSeldomAskedForASecond() {
        int attempts = 0;
        for (int i = 0; i < 90; i++) {
            attempts += attemptsFor(1);
        }
        assertThat(attempts).isEqualTo(100);
    }

    @Test
    void manyAreSoonReadInARow() {
        for (int i = 0; i < 40; i++) {
            attemptsFor(1_000);
        }
        assertThat(attemptsFor(1_000)).isEqualTo(16);
    }

    @Test
    void asManyAsCameAreReadWithoutAskingForMore() {
        for (int i = 0; i < 10; i++) {
            attemptsFor(1_000);
        }
        attemptsFor(3);
        assertThat(attemptsFor(3)).isEqualTo(3);
    }

    @Test
    void aSocketThatHasNothingIsAskedOnce() {
        attemptsFor(0);
        assertThat(attemptsFor(0)).isEqualTo(1);
    }

    /** Reads as the transport does, and tells how often it tried. */
    private int attemptsFor(int available) {
        burst.begin();
        int attempts = 0;
        do {
            attempts++;
            if (attempts > available) {
                break;
            }
            burst.read();
        } while (burst.mayGoOn());
        burst.end();
        return attempts;
    }
}
