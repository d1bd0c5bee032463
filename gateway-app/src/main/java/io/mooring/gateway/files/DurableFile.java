package io.mooring.gateway.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file, readable by its owner only, that is replaced whole: written under another name, forced to the disk and moved
 * into place. Whoever is killed while writing, or finds the disk full, leaves the one that was there.
 *
 * <p>The other name has the number of the process in it, so that two gateways which share a directory do not write into
 * each other's, and what the dead have left is known from what the living write.
 *
 * <p>For one writer at a time. Not for event loops.
 */
public final class DurableFile {

    private static final Logger LOG = LoggerFactory.getLogger(DurableFile.class);

    private static final String DRAFT = ".draft";
    private static final Pattern NAME = Pattern.compile("(.+)\\.([0-9]{1,18})" + Pattern.quote(DRAFT));
    private static final Set<StandardOpenOption> ANEW =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);

    private final Path file;
    private final Entries entries;
    private boolean isUnforced;

    /** A file, which need not exist yet, nor its directory. */
    public DurableFile(Path file) {
        this(file, directory -> directory.force(true));
    }

    DurableFile(Path file, Entries entries) {
        this.file = file;
        this.entries = entries;
    }

    /** Where it is. */
    public Path path() {
        return file;
    }

    /**
     * Replaces what is in it. It is on the disk when this returns; if the disk fails after the file has its place, that
     * is said in the log, since it is too late to go back.
     *
     * @throws IOException when it cannot be written; then it is as it was
     */
    public void replace(Content content) throws IOException {
        Path directory = directory();
        Files.createDirectories(directory);
        Path draft = directory.resolve(
                file.getFileName() + "." + ProcessHandle.current().pid() + DRAFT);
        // Opened first: once the file has its place, as little as possible may fail.
        try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
            try {
                try (FileChannel channel = FileChannel.open(draft, ANEW, ownerOnly(directory))) {
                    content.writeTo(Channels.newOutputStream(channel));
                    channel.force(true);
                }
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException | RuntimeException e) {
                delete(draft, e);
                throw e;
            }
            force(opened);
        }
    }

    /** Removes what was left by those who were killed while they wrote this file. */
    public void sweep() {
        sweep(directory(), file.getFileName().toString()::equals);
    }

    /**
     * Removes what was left in a directory, which need not exist, by those who were killed while they wrote.
     *
     * @param files accepts the names of the files that they wrote
     */
    public static void sweep(Path directory, Predicate<String> files) {
        try (DirectoryStream<Path> drafts = Files.newDirectoryStream(directory, draft -> isLeftBehind(draft, files))) {
            for (Path draft : drafts) {
                Files.deleteIfExists(draft);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("nothing was written there yet", e);
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn("{}: what was left there cannot be removed: {}", directory, e.toString());
        }
    }

    /** Whether something is what a process left that was killed while it wrote one of these files. */
    static boolean isLeftBehind(Path draft, Predicate<String> files) {
        Matcher name = NAME.matcher(draft.getFileName().toString());
        return name.matches()
                && files.test(name.group(1))
                && ProcessHandle.of(Long.parseLong(name.group(2))).isEmpty();
    }

    private Path directory() {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file is in a directory");
    }

    private void force(FileChannel directory) {
        try {
            entries.force(directory);
            isUnforced = false;
        } catch (IOException e) {
            if (!isUnforced) {
                LOG.warn(
                        "{}: it was replaced, and is not known to be on the disk: {} (said once until it is)",
                        file,
                        e.toString());
            }
            isUnforced = true;
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

    /** What a file is to have in it. */
    @FunctionalInterface
    public interface Content {

        /** Writes all of it; the stream is the caller's to close. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Has the disk know which files a directory has. */
    @FunctionalInterface
    interface Entries {
        void force(FileChannel directory) throws IOException;
    }
}
