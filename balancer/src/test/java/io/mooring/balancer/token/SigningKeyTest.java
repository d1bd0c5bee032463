package io.mooring.balancer.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SigningKeyTest {

    private static final byte[] SECRET = "correct horse battery staple".getBytes(StandardCharsets.UTF_8);

    @Test
    void theStringFormHidesTheSecret() {
        SigningKey key = new SigningKey("k1", SECRET);

        for (String text : List.of(key.toString(), new KeyRing(List.of(key)).toString())) {
            assertThat(text).contains("k1").doesNotContain("horse");
            assertThat(text).doesNotContain(Base64.getEncoder().encodeToString(SECRET));
            assertThat(text).doesNotContainIgnoringCase(HexFormat.of().formatHex(SECRET));
        }
    }

    @Test
    void aShortSecretIsRefusedWithoutBeingTold() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SigningKey("k1", "fifteen bytes..".getBytes(StandardCharsets.UTF_8)))
                .withMessage("secret: 15 bytes (expected: 16 bytes or more)");
        assertThat(new SigningKey("k1", new byte[16]).id()).isEqualTo("k1");
    }

    @Test
    void aBlankIdIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SigningKey(" ", SECRET))
                .withMessage("id: \" \" (expected: a name)");
    }

    @Test
    void theSecretIsCopied() {
        byte[] secret = SECRET.clone();
        SigningKey key = new SigningKey("k1", secret);
        Arrays.fill(secret, (byte) 0);

        assertThat(key.backendTag("s", "b")).isEqualTo(new SigningKey("k1", SECRET).backendTag("s", "b"));
    }

    @Test
    void aRingWithoutKeysOrWithTwoOfOneIdIsRefused() {
        SigningKey key = new SigningKey("k1", SECRET);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyRing(List.of()))
                .withMessage("keys: none (expected: one or more)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyRing(List.of(key, new SigningKey("k1", new byte[32]))))
                .withMessage("keys: two with one id (expected: ids that differ)");
    }
}
