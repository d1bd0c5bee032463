package io.mooring.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GrpcHealthTest {

    /** As protobuf's own encoder writes them. */
    @ParameterizedTest
    @CsvSource({"'', 0000000000", "a, 00000000030a0161", "shop.Cart, 000000000b0a0973686f702e43617274"})
    void aRequestHasItsGoldenBytes(String service, String bytes) {
        assertThat(HexFormat.of().formatHex(GrpcHealth.request(service))).isEqualTo(bytes);
    }

    @Test
    void aLongNameHasALengthOfTwoBytes() {
        assertThat(HexFormat.of().formatHex(GrpcHealth.request("x".repeat(200))))
                .startsWith("00000000cb" + "0ac801" + "7878")
                .hasSize(2 * (5 + 203));
    }

    @ParameterizedTest
    @CsvSource({
        "00000000020801, SERVING",
        "0000000000, UNKNOWN",
        "00000000020800, UNKNOWN",
        "00000000020802, NOT_SERVING",
        "00000000020803, SERVICE_UNKNOWN",
        "0000000006120161" + "0801" + "00, a malformed answer",
        "0000000005120161" + "0801, SERVING",
        "000000000708011a0361, a malformed answer",
        "01000000020801, a malformed answer",
        "00000000030801, a malformed answer",
        "'', a malformed answer",
        "00000000020804, a malformed answer",
        "000000000108, a malformed answer"
    })
    void anAnswerIsReadOrRefused(String bytes, String status) {
        assertThat(GrpcHealth.status(HexFormat.of().parseHex(bytes))).isEqualTo(status);
    }

    @Test
    void anyBytesAreReadWithoutAnError() {
        Random random = new Random(20_261_124);
        for (int i = 0; i < 100_000; i++) {
            byte[] message = new byte[random.nextInt(24)];
            random.nextBytes(message);
            byte[] answer = new byte[5 + message.length];
            answer[4] = (byte) message.length;
            System.arraycopy(message, 0, answer, 5, message.length);

            assertThat(GrpcHealth.status(answer)).isNotEmpty();
        }
    }
}
