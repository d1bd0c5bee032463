package io.mooring.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.balancer.token.KeyRing;
import io.mooring.balancer.token.SigningKey;
import io.mooring.balancer.token.TokenCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeyFileTest {

    @TempDir
    Path directory;

    @Test
    void keyIsMadeOnceAndFoundAgain() {
        SigningKey made = file().readOrMake();
        SigningKey found = file().readOrMake();

        assertThat(found.id()).isEqualTo(made.id());
        String token = codec(made).write(1, 2, 3, 4);
        assertThat(codec(found).verify(token)).isNotNull();
    }

    @Test
    void twoGatewaysHaveKeysThatDiffer() {
        SigningKey one = new SigningKeyFile(directory.resolve("a"), new SecureRandom()).readOrMake();
        SigningKey other = new SigningKeyFile(directory.resolve("b"), new SecureRandom()).readOrMake();

        assertThat(codec(other).verify(codec(one).write(1, 2, 3, 4))).isNull();
    }

    @Test
    void onlyTheOwnerMayReadIt() throws IOException {
        file().readOrMake();

        assertThat(Files.getPosixFilePermissions(path())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void nothingElseIsLeftInTheDirectory() throws IOException {
        file().readOrMake();

        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(path());
        }
    }

    @Test
    void aFileThatOthersMayReadIsRefused() throws IOException {
        file().readOrMake();
        Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> file().readOrMake())
                .isInstanceOf(SigningKeyException.class)
                .hasMessageContaining(path().toString())
                .hasMessageContaining("(expected: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "k1", "k1 ", "k1 0123", "k1 zz", "a b c"})
    void aFileThatIsNoKeyIsRefusedAndKept(String content) throws IOException {
        file().readOrMake();
        Files.writeString(path(), content);

        assertThatThrownBy(() -> file().readOrMake())
                .isInstanceOf(SigningKeyException.class)
                .hasMessageContaining("is not a key")
                .hasMessageNotContaining("zz");
        assertThat(path()).hasContent(content);
    }

    @Test
    void aDirectoryThatCannotBeMadeIsRefused() throws IOException {
        Path occupied = Files.writeString(directory.resolve("file"), "");

        assertThatThrownBy(() -> new SigningKeyFile(occupied, new SecureRandom()).readOrMake())
                .isInstanceOf(SigningKeyException.class);
    }

    private Path path() {
        return directory.resolve(SigningKeyFile.NAME);
    }

    private SigningKeyFile file() {
        return new SigningKeyFile(directory, new SecureRandom());
    }

    private static TokenCodec codec(SigningKey key) {
        return new TokenCodec("upstream/shop", new KeyRing(List.of(key)));
    }
}
