package io.mooring.gateway.tables;

import io.mooring.balancer.session.RestoreReport;
import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.session.SessionDirectory;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * The file that a scope's source table is saved in, readable by its owner only, since it holds clients' addresses.
 *
 * <p>It is written whole under another name, forced to the disk and then moved into place: whoever is killed while
 * writing, or finds the disk full, leaves the one that was there. The other name has the number of the process in it, so that
 * two gateways which share a directory do not write into each other's.
 */
final class TableFile {

    private static final String SUFFIX = ".table";
    private static final String DRAFT = ".draft";
    private static final int LONGEST_NAME = 150;
    private static final Set<StandardOpenOption> ANEW =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);

    private final Path file;
    private final Path draft;

    /** The file of a scope in a directory, which need not exist yet. */
    TableFile(Path directory, ScopeId scope) {
        String name = nameOf(scope);
        this.file = directory.resolve(name);
        this.draft = directory.resolve(name + "." + ProcessHandle.current().pid() + DRAFT);
    }

    Path path() {
        return file;
    }

    /** Saves the sessions; when that fails, what was saved before is still there. */
    void save(SessionDirectory sessions) throws IOException {
        Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
        try {
            try (FileChannel channel = FileChannel.open(draft, ANEW, ownerOnly(directory))) {
                sessions.save(Channels.newOutputStream(channel));
                channel.force(true);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            deleteDraft(e);
            throw e;
        }
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    /**
     * Takes the saved sessions over.
     *
     * @return empty if none were saved
     */
    Optional<RestoreReport> restore(SessionDirectory sessions) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return Optional.of(sessions.restore(channel));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Whether the file is what a process left that was killed while it wrote. */
    static boolean isLeftBehind(Path file) {
        String name = file.getFileName().toString();
        if (!name.endsWith(DRAFT)) {
            return false;
        }
        String process = name.substring(0, name.length() - DRAFT.length());
        try {
            long pid = Long.parseLong(process.substring(process.lastIndexOf('.') + 1));
            return ProcessHandle.of(pid).isEmpty();
        } catch (NumberFormatException e) {
            return false;
        }
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

    private void deleteDraft(Exception cause) {
        try {
            Files.deleteIfExists(draft);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path directory) {
        return directory.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
