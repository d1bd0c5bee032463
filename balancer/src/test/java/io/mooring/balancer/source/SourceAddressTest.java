package io.mooring.balancer.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SourceAddressTest {

    /** Pinned: gateways of all versions must agree, since IP hash balances by it. */
    @ParameterizedTest
    @CsvSource({"0, 0, a706dd2f4d197e6f", "0, ffff0a000001, 11b4456512aaadc6", "20010db800000000, 0, ef130a859152f71a"})
    void theHashIsTheGoldenOne(String high, String low, String hash) {
        SourceAddress source = new SourceAddress(Long.parseUnsignedLong(high, 16), Long.parseUnsignedLong(low, 16));

        assertThat(source.hash()).isEqualTo(Long.parseUnsignedLong(hash, 16));
    }

    @Test
    void everyBitOfTheAddressMovesAboutHalfOfTheHash() {
        Random random = new Random(5);
        for (int bit = 0; bit < 128; bit++) {
            long flipped = 0;
            for (int i = 0; i < 200; i++) {
                SourceAddress source = new SourceAddress(random.nextLong(), random.nextLong());
                SourceAddress other = bit < 64
                        ? new SourceAddress(source.high(), source.low() ^ (1L << bit))
                        : new SourceAddress(source.high() ^ (1L << (bit - 64)), source.low());
                flipped += Long.bitCount(source.hash(7) ^ other.hash(7));
            }
            assertThat(flipped / 200.0).as("bit %d", bit).isBetween(29.0, 35.0);
        }
    }

    @Test
    void anotherSeedGivesAnotherOrder() {
        SourceAddress source = new SourceAddress(0, 42);

        assertThat(source.hash(1)).isNotEqualTo(source.hash(2));
    }
}
