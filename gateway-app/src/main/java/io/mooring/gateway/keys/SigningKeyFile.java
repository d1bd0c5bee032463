package io.mooring.gateway.keys;

import io.mooring.balancer.token.SigningKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * The key of a gateway that has none configured: made on the first start, kept in the data
 * directory, and readable by its owner only, so that a restart loses no session.
 *
 * <p>The file has one line, {@code <id> <64 hexadecimal digits>}. It is written whole under another
 * name and then linked into place, so a gateway that is killed while writing leaves none, and of two that
 * start at once in one directory both use the key of the first.
 */
public final class SigningKeyFile {

    /** The file's name in the data directory. */
    public static final String NAME = "signing.key";

    private static final int SECRET_BYTES = 32;
    private static final int ID_BYTES = 4;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final Path file;
    private final SecureRandom random;

    /** The key file of a data directory, which need not exist yet. */
    public SigningKeyFile(Path dataDir, SecureRandom random) {
        this.file = dataDir.resolve(NAME);
        this.random = random;
    }

    /**
     * The key in the file, which is made if it is missing.
     *
     * @throws SigningKeyException when the file can be neither read nor made, is not a key, or others may read it
     */
    public SigningKey readOrMake() {
        try {
            if (Files.notExists(file)) {
                make();
            }
            return read();
        } catch (IOException e) {
            throw new SigningKeyException(file, "cannot be read or made: " + e, e);
        }
    }

    private SigningKey read() throws IOException {
        if (isPosix() && !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
            throw new SigningKeyException(file, "is open to others than its owner", null);
        }
        if (isPosix() && !isOurs()) {
            throw new SigningKeyException(file, "belongs to somebody else", null);
        }
        String[] words = Files.readString(file).strip().split(" ", -1);
        if (words.length != 2 || words[1].length() != 2 * SECRET_BYTES) {
            throw new SigningKeyException(file, "is not a key", null);
        }
        try {
            return new SigningKey(words[0], HexFormat.of().parseHex(words[1]));
        } catch (IllegalArgumentException e) {
            throw new SigningKeyException(file, "is not a key", null);
        }
    }

    private void make() throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        Path draft = Files.createTempFile(directory, NAME, ".draft", ownerOnly());
        try {
            String line = hex(ID_BYTES) + " " + hex(SECRET_BYTES) + "\n";
            try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
                channel.force(true);
            }
            publish(draft);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /** Gives the draft the file's name, unless somebody was faster. */
    private void publish(Path draft) throws IOException {
        try {
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            return;
        } catch (UnsupportedOperationException e) {
            Files.move(draft, file);
        }
    }

    private String hex(int bytes) {
        byte[] value = new byte[bytes];
        random.nextBytes(value);
        return HexFormat.of().formatHex(value);
    }

    private FileAttribute<?>[] ownerOnly() {
        return isPosix()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
    }

    /** Whether the file is this user's, as far as the system tells who that is. */
    private boolean isOurs() throws IOException {
        Optional<String> user = ProcessHandle.current().info().user();
        return user.isEmpty() || user.get().equals(Files.getOwner(file).getName());
    }

    private boolean isPosix() {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
