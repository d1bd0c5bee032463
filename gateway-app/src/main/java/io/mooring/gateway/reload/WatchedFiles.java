package io.mooring.gateway.reload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Files whose change is noticed by what is in them, however they were replaced: by writing, by renaming, by another
 * link. A change counts once two looks have seen the same, so that a file which is being written is not taken for
 * whole.
 *
 * <p>Confined to one thread.
 */
final class WatchedFiles {

    private Set<Path> files;
    private Map<Path, ByteBuffer> known;
    private Map<Path, ByteBuffer> seen;

    /** Files that are known as they are now. */
    WatchedFiles(Set<Path> files) {
        this.files = Set.copyOf(files);
        this.known = read();
        this.seen = known;
    }

    /** Whether there is a change that has settled; it is known from now on. A file that is missing is no change yet. */
    boolean haveChanged() {
        Map<Path, ByteBuffer> now = read();
        boolean settled = now.equals(seen) && now.size() == files.size();
        seen = now;
        if (!settled || now.equals(known)) {
            return false;
        }
        known = now;
        return true;
    }

    /** Other files from now on. What is new among them is known as it is now. */
    void become(Set<Path> others) {
        if (!files.equals(others)) {
            Map<Path, ByteBuffer> before = known;
            files = Set.copyOf(others);
            seen = read();
            known = new HashMap<>(seen);
            known.replaceAll((file, content) -> before.getOrDefault(file, content));
        }
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
