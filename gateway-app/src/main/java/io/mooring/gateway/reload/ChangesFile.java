package io.mooring.gateway.reload;

import io.mooring.config.ChangesText;
import io.mooring.config.RunTimeChanges;
import io.mooring.config.UnreadableConfigurationException;
import io.mooring.gateway.files.DurableText;
import java.io.IOException;
import java.nio.file.Path;

/** The file in the data directory that keeps what operators change while the gateway runs. */
public final class ChangesFile {

    /** Its name in the data directory. */
    public static final String NAME = "changes.yml";

    private final DurableText file;

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
        try {
            return file.read()
                    .map(text -> ChangesText.read(file.path().toString(), text))
                    .orElse(RunTimeChanges.NONE);
        } catch (UnreadableConfigurationException e) {
            throw new UnreadableChangesException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new UnreadableChangesException(file.path() + ": " + e + " (expected: a readable file)", e);
        }
    }

    /** Removes what was left by those who were killed while they wrote it. */
    void sweep() {
        file.sweep();
    }

    void write(RunTimeChanges changes) {
        try {
            file.write(ChangesText.write(changes));
        } catch (IOException e) {
            throw new UnkeptChangeException(file.path() + ": " + e, e);
        }
    }
}
