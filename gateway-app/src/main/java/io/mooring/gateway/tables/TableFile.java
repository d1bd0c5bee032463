package io.mooring.gateway.tables;

import io.mooring.balancer.session.RestoreReport;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.session.SessionDirectory;
import io.mooring.gateway.files.DurableFile;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The file that a scope's source table is saved in, replaced whole, and readable by its owner only, since it holds
 * clients' addresses.
 */
final class TableFile {

    private static final String SUFFIX = ".table";
    private static final int LONGEST_NAME = 150;

    private final DurableFile file;

    /** The file of a scope in a directory, which need not exist yet. */
    TableFile(Path directory, ScopeId scope) {
        this.file = new DurableFile(directory.resolve(nameOf(scope)));
    }

    Path path() {
        return file.path();
    }

    /** Saves the sessions; when that fails, what was saved before is still there. */
    void save(SessionDirectory sessions) throws IOException {
        file.replace(sessions::save);
    }

    /**
     * Takes the saved sessions over.
     *
     * @return empty if none were saved
     */
    Optional<RestoreReport> restore(SessionDirectory sessions) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(path())) {
            return Optional.of(sessions.restore(channel));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Removes what was left in the directory by those who were killed while they saved. */
    static void sweep(Path directory) {
        DurableFile.sweep(directory, name -> name.endsWith(SUFFIX));
    }

    /**
     * A file name for any scope, another for each, on any file system: what is not a lower-case letter, digit or hyphen
     * stands as its bytes, and of a name that is too long its beginning and a hash.
     */
    static String nameOf(ScopeId scope) {
        StringBuilder name = new StringBuilder(scope.kind().key()).append('-');
        byte[] bytes = scope.name().getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            if ((b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '-') {
                name.append((char) b);
            } else {
                name.append('%').append(HexFormat.of().toHexDigits(b));
            }
        }
        if (name.length() > LONGEST_NAME) {
            name.setLength(LONGEST_NAME);
            name.append('~').append(HexFormat.of().formatHex(sha256(bytes)));
        }
        return name.append(SUFFIX).toString();
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
