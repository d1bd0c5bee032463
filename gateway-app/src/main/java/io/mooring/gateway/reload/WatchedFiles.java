package io.mooring.gateway.reload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files whose change is noticed by what is in them, however they were replaced: by writing, by renaming, by another
 * link. A change counts once two looks have seen the same, so that a file which is being written is not taken for
 * whole.
 *
 * <p>A file that is missing is no change, since another is probably about to take its place; one that is missing for
 * two looks is said once.
 *
 * <p>Confined to one thread.
 */
final class WatchedFiles {

    private static final Logger LOG = LoggerFactory.getLogger(WatchedFiles.class);

    private final Set<Path> missing = new HashSet<>();
    private Set<Path> files;
    private Map<Path, ByteBuffer> known;
    private Map<Path, ByteBuffer> seen;

    /** Files that are known as they are now. */
    WatchedFiles(Set<Path> files) {
        this.files = Set.copyOf(files);
        this.known = read();
        this.seen = known;
    }

    /** Whether there is a change that has settled; what there is now is known from now on. */
    boolean haveChanged() {
        Map<Path, ByteBuffer> now = read();
        boolean settled = now.equals(seen);
        seen = now;
        if (!settled) {
            return false;
        }
        sayWhatIsMissing(now.keySet());
        if (known.entrySet().containsAll(now.entrySet())) {
            return false;
        }
        // Without those that are missing: when they come again, they were not there when the rest was read.
        known = now;
        return true;
    }

    /** Other files from now on. What is new among them is known as it is now. */
    void become(Set<Path> others) {
        if (!files.equals(others)) {
            Map<Path, ByteBuffer> before = known;
            Set<Path> added = new HashSet<>(others);
            added.removeAll(files);
            files = Set.copyOf(others);
            missing.retainAll(files);
            seen = read();
            known = new HashMap<>(before);
            known.keySet().retainAll(files);
            added.stream().filter(seen::containsKey).forEach(file -> known.put(file, seen.get(file)));
        }
    }

    private void sayWhatIsMissing(Set<Path> present) {
        missing.removeAll(present);
        files.stream()
                .filter(file -> !present.contains(file))
                .filter(missing::add)
                .forEach(file -> LOG.warn("{}: missing; what it said last stays in force", file));
    }

    private Map<Path, ByteBuffer> read() {
        Map<Path, ByteBuffer> contents = new HashMap<>();
        for (Path file : files) {
            try {
                contents.put(file, ByteBuffer.wrap(Files.readAllBytes(file)));
            } catch (IOException e) {
                // Missing for the moment: an editor or an orchestrator is about to put another in its place.
                contents.remove(file);
            }
        }
        return contents;
    }
}
