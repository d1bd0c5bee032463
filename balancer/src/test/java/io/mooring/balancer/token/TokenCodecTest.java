package io.mooring.balancer.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenCodecTest {

    private static final long BEGAN = 1_767_225_600_000L;
    private static final long LAST_SEEN = 1_767_225_660_000L;
    private static final int EPOCH = 0x10002;
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private final Random random = new Random(20_260_302);
    private final SigningKey key = new SigningKey("k1", secret(0));
    private final SigningKey other = new SigningKey("k2", secret(100));
    private final TokenCodec codec = codec("upstream/shop", key);
    private final String token = write(codec);

    /** Computed by another program from the description of the format. */
    @Test
    void aTokenHasTheGoldenBytes() {
        assertThat(codec.backendTag(0, "shop-1")).isEqualTo(0xebc7346b9e320bb9L);
        assertThat(token).isEqualTo("AWq58evrxzRrnjILuQGbdtqoAAGbdtuSYAABAALr_hNStTRu_gwBMCWyXWSK");
        assertThat(Base64.getUrlDecoder().decode(token))
                .asHexString()
                .isEqualToIgnoringCase("016ab9f1eb" + "ebc7346b9e320bb9" + "019b76daa800" + "019b76db9260" + "00010002"
                        + "ebfe1352b5346efe0c013025b25d648a");
    }

    @Test
    void aTokenSaysWhatWasWritten() {
        assertThat(codec.verify(token)).isEqualTo(new SessionToken(0, 0xebc7346b9e320bb9L, BEGAN, LAST_SEEN, EPOCH));
    }

    @Test
    void everyFieldKeepsItsWholeRange() {
        long latest = (1L << 48) - 1;

        assertThat(codec.verify(codec.write(-1, latest, latest, -1)))
                .isEqualTo(new SessionToken(0, -1, latest, latest, -1));
        assertThat(codec.verify(codec.write(0, 0, 0, 0))).isEqualTo(new SessionToken(0, 0, 0, 0, 0));
    }

    @Test
    void everySingleBitFlipIsRefused() {
        for (int bit = 0; bit < 45 * 8; bit++) {
            byte[] bytes = Base64.getUrlDecoder().decode(token);
            bytes[bit / 8] ^= (byte) (1 << (bit % 8));

            assertThat(codec.verify(encode(bytes))).as("bit %d", bit).isNull();
        }
    }

    @Test
    void everySubstitutionOfACharacterIsRefused() {
        for (int place = 0; place < token.length(); place++) {
            for (int i = 0; i < ALPHABET.length(); i++) {
                char c = ALPHABET.charAt(i);
                if (c != token.charAt(place)) {
                    assertThat(codec.verify(replace(place, c)))
                            .as("%s at %d", c, place)
                            .isNull();
                }
            }
        }
    }

    /** Among them characters whose low byte is that of the genuine one, and other spellings of Base64. */
    @Test
    void everyCharacterOutsideTheAlphabetIsRefused() {
        String strange = "+/=. \t\r\n\0\";,%\\\u007f\u0080\u00e9\u2028\ud83d\uffff";
        for (int place = 0; place < token.length(); place++) {
            char genuine = token.charAt(place);
            String outside = strange + (char) (genuine + 0x100) + (char) (genuine + 0xff00);
            for (int i = 0; i < outside.length(); i++) {
                char c = outside.charAt(i);
                assertThat(codec.verify(replace(place, c)))
                        .as("%d at %d", (int) c, place)
                        .isNull();
            }
        }
    }

    @Test
    void everyTruncationIsRefused() {
        for (int length = 0; length < token.length(); length++) {
            assertThat(codec.verify(token.substring(0, length))).isNull();
            assertThat(codec.verify(token.substring(token.length() - length))).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "=", "==", "AAAA", " ", "\"", ";", "\0"})
    void everyExtensionIsRefused(String extension) {
        assertThat(codec.verify(token + extension)).isNull();
        assertThat(codec.verify(extension + token)).isNull();
        assertThat(codec.verify(token + token)).isNull();
    }

    @Test
    void eightKilobytesAreRefused() {
        assertThat(codec.verify("A".repeat(8_192))).isNull();
        assertThat(codec.verify(token.repeat(137))).isNull();
    }

    @Test
    void aTokenOfAnotherScopeIsRefused() {
        for (String scope : List.of("upstream/sho", "upstream/shopp", "route/shop", "listener/shop", "")) {
            assertThat(codec(scope, key).verify(token)).as(scope).isNull();
        }
    }

    @Test
    void aTokenOfAnUnknownKeyIsRefused() {
        assertThat(codec("upstream/shop", other).verify(token)).isNull();
    }

    @Test
    void aTokenOfAnotherSecretUnderTheSameNameIsRefused() {
        assertThat(codec("upstream/shop", new SigningKey("k1", secret(1))).verify(token))
                .isNull();
    }

    @Test
    void aTokenRelabelledWithAnotherKnownKeyIsRefused() {
        byte[] bytes = Base64.getUrlDecoder().decode(token);
        Bytes.writeLong(bytes, 1, Integer.BYTES, other.tag());

        assertThat(codec("upstream/shop", key, other).verify(encode(bytes))).isNull();
    }

    @Test
    void aRotatedRingSignsWithItsFirstKeyAndVerifiesWithAll() {
        TokenCodec rotated = codec("upstream/shop", other, key);

        assertThat(rotated.verify(token))
                .isEqualTo(new SessionToken(1, rotated.backendTag(1, "shop-1"), BEGAN, LAST_SEEN, EPOCH));
        assertThat(rotated.verify(write(rotated))).extracting(SessionToken::key).isEqualTo(0);
        assertThat(codec.verify(write(rotated))).isNull();
        assertThat(codec("upstream/shop", other).verify(write(rotated))).isNotNull();
    }

    @Test
    void ofAMillionForgeriesNoneIsAccepted() {
        byte[] genuine = Base64.getUrlDecoder().decode(token);
        byte[] bytes = new byte[genuine.length];
        int accepted = 0;
        for (int i = 0; i < 1_000_000; i++) {
            random.nextBytes(bytes);
            // Most forgers would keep what is not secret: version and key, then the backend, then all but the
            // signature.
            System.arraycopy(genuine, 0, bytes, 0, new int[] {0, 5, 13, 29}[i % 4]);
            accepted += codec.verify(encode(bytes)) == null ? 0 : 1;
        }
        assertThat(accepted).isZero();
    }

    @Test
    void aTokenTellsNothingOfTheBackend() {
        for (String id : List.of("shop-1", "10.0.0.1:8080", "db.internal")) {
            long tag = codec.backendTag(0, id);
            String text = codec.write(tag, BEGAN, LAST_SEEN, EPOCH);

            assertThat(text).doesNotContain(id);
            assertThat(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.ISO_8859_1))
                    .doesNotContain(id);
            assertThat(tag)
                    .as("tags of the same backend elsewhere")
                    .isNotEqualTo(codec("upstream/other", key).backendTag(0, id))
                    .isNotEqualTo(codec("upstream/shop", other).backendTag(0, id));
        }
    }

    @Test
    void tagsOfBackendsDoNotRunIntoTheScope() {
        assertThat(codec("s", key).backendTag(0, "12"))
                .isNotEqualTo(codec("s1", key).backendTag(0, "2"));
    }

    @Test
    void manyThreadsWriteAndVerifyAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                long mine = thread;
                tasks.add(() -> IntStream.range(0, 20_000)
                        .allMatch(i ->
                                new SessionToken(0, mine, i, i, i).equals(codec.verify(codec.write(mine, i, i, i)))));
            }
            for (Future<Boolean> agreed : threads.invokeAll(tasks)) {
                assertThat(agreed.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private String replace(int place, char c) {
        return token.substring(0, place) + c + token.substring(place + 1);
    }

    private static String write(TokenCodec codec) {
        return codec.write(codec.backendTag(0, "shop-1"), BEGAN, LAST_SEEN, EPOCH);
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().encodeToString(bytes);
    }

    private static TokenCodec codec(String scope, SigningKey... keys) {
        return new TokenCodec(scope, new KeyRing(List.of(keys)));
    }

    private static byte[] secret(int first) {
        byte[] secret = new byte[32];
        for (int i = 0; i < secret.length; i++) {
            secret[i] = (byte) (first + i);
        }
        return secret;
    }
}
