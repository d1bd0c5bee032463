package io.mooring.gateway.reload;

import io.mooring.config.ChangesText;
import io.mooring.config.RunTimeChanges;
import io.mooring.config.UnreadableConfigurationException;
import io.mooring.gateway.files.DurableText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file in the data directory that keeps what operators change while the gateway runs. Operators may write it as
 * well: what they wrote is not replaced before the gateway goes by it.
 *
 * <p>For one thread at a time.
 */
public final class ChangesFile {

    /** Its name in the data directory. */
    public static final String NAME = "changes.yml";

    private final DurableText file;
    private Contents read = new Contents.Unknown();
    private Contents followed = read;

    /** The file of a data directory, which need not exist yet. */
    public ChangesFile(Path dataDir) {
        this.file = new DurableText(dataDir.resolve(NAME));
    }

    /**
     * The changes; none if there is no file.
     *
     * @throws UnreadableChangesException when it cannot be read, with everything that is wrong
     */
    public RunTimeChanges read() {
        read = new Contents.Unknown();
        try {
            Optional<String> text = file.read();
            read = new Contents.Text(text);
            return text.map(each -> ChangesText.read(file.path().toString(), each))
                    .orElse(RunTimeChanges.NONE);
        } catch (UnreadableConfigurationException e) {
            throw new UnreadableChangesException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new UnreadableChangesException(file.path() + ": " + e + " (expected: a readable file)", e);
        }
    }

    /** The gateway goes by what was read last, even if that is by nothing, since it is wrong. */
    void follow() {
        followed = read;
    }

    /** Removes what was left by those who were killed while they wrote it. */
    void sweep() {
        file.sweep();
    }

    /**
     * Replaces the changes that the gateway goes by.
     *
     * @throws UnkeptChangeException when they cannot be written, or others are in the file; then it is as it was
     */
    void write(RunTimeChanges changes) {
        String text = ChangesText.write(changes);
        try {
            if (followed instanceof Contents.Text known) {
                file.replace(known.text(), text);
            } else {
                file.write(text);
            }
        } catch (IOException e) {
            throw new UnkeptChangeException(file.path(), e);
        }
        followed = new Contents.Text(Optional.of(text));
    }

    /** What the file had in it. */
    private sealed interface Contents {

        /** A text; none if there was no file. */
        record Text(Optional<String> text) implements Contents {}

        /** Something that could not be read. */
        record Unknown() implements Contents {}
    }
}
