package io.mooring.gateway.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A small text in a {@link DurableFile}.
 *
 * <p>For one writer at a time. Not for event loops.
 */
public final class DurableText {

    /** How long one may be: what is longer is neither written nor read. */
    public static final int MAX_BYTES = 4 << 20;

    private final DurableFile file;

    /** A file, which need not exist yet, nor its directory. */
    public DurableText(Path file) {
        this.file = new DurableFile(file);
    }

    /** Where it is. */
    public Path path() {
        return file.path();
    }

    /**
     * What is in it; empty if there is no file.
     *
     * @throws IOException when it cannot be read, or is too long to be one of these
     */
    public Optional<String> read() throws IOException {
        try {
            requireFitting(Files.size(path()));
            return Optional.of(Files.readString(path()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Replaces what is in it. It is on the disk when this returns, as far as {@link DurableFile#replace} can tell.
     *
     * @throws IOException when it cannot be written, or is too long to be read again; then it is as it was
     */
    public void write(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        requireFitting(bytes.length);
        file.replace(out -> out.write(bytes));
    }

    /**
     * Replaces what is in it, unless somebody else has done so.
     *
     * @param seen what should be in it; empty if there should be no file
     * @throws ChangedOnDiskException when something else is in it; then it is as it was
     * @throws IOException as {@link #write} does
     */
    public void replace(Optional<String> seen, String text) throws IOException {
        if (!read().equals(seen)) {
            throw new ChangedOnDiskException();
        }
        write(text);
    }

    /** Removes what was left by those who were killed while they wrote it. */
    public void sweep() {
        file.sweep();
    }

    private void requireFitting(long bytes) throws IOException {
        if (bytes > MAX_BYTES) {
            throw new IOException(path() + ": " + bytes + " bytes (expected: " + MAX_BYTES + " or fewer)");
        }
    }
}
