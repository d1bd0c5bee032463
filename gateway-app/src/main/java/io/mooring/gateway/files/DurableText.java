package io.mooring.gateway.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A small text file, readable by its owner only, that is replaced whole: written under another name, forced to the disk and
 * moved into place. Whoever is killed while writing, or finds the disk full, leaves the one that was there.
 *
 * <p>For one writer at a time. Not for event loops.
 */
public final class DurableText {

    /** How long one may be: what is longer is neither written nor read. */
    public static final int MAX_BYTES = 4 << 20;

    private static final Set<StandardOpenOption> ANEW =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);

    private final Path file;

    /** A file, which need not exist yet, nor its directory. */
    public DurableText(Path file) {
        this.file = file;
    }

    /** Where it is. */
    public Path path() {
        return file;
    }

    /**
     * What is in it; empty if there is no file.
     *
     * @throws IOException when it cannot be read, or is too long to be one of these
     */
    public Optional<String> read() throws IOException {
        try {
            requireFitting(Files.size(file));
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Replaces what is in it. It is on the disk when this returns.
     *
     * @throws IOException when it cannot be written, or is too long to be read again; then it is as it was
     */
    public void write(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        requireFitting(bytes.remaining());
        Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
        Path draft = directory.resolve(
                file.getFileName() + "." + ProcessHandle.current().pid() + ".draft");
        // Opened first: once the file has its place, as little as possible may fail.
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            try (FileChannel channel = FileChannel.open(draft, ANEW, ownerOnly(directory))) {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            entries.force(true);
        } catch (IOException | RuntimeException e) {
            delete(draft, e);
            throw e;
        }
    }

    private void requireFitting(long bytes) throws IOException {
        if (bytes > MAX_BYTES) {
            throw new IOException(file + ": " + bytes + " bytes (expected: " + MAX_BYTES + " or fewer)");
        }
    }

    private static void delete(Path draft, Exception cause) {
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
}
