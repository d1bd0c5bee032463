package io.mooring.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.FileUrlResource;
import org.springframework.core.io.Resource;

/**
 * Loads resources by the class loader that the program is from, which a thread of the JVM's own does not have, and
 * remembers which files of the file system were opened.
 *
 * <p>Confined to one thread.
 */
final class OpenedFiles extends DefaultResourceLoader {

    private final Set<Path> files = new LinkedHashSet<>();
    private Optional<Path> last = Optional.empty();

    OpenedFiles() {
        super(OpenedFiles.class.getClassLoader());
    }

    @Override
    public Resource getResource(String location) {
        Resource resource = super.getResource(location);
        return resource instanceof FileUrlResource file ? new Watched(file.getURL()) : resource;
    }

    /** Those that were opened, in this order. */
    Set<Path> files() {
        return Set.copyOf(files);
    }

    /** The one that was opened last. */
    Optional<Path> last() {
        return last;
    }

    private void open(Path file) {
        files.add(file);
        last = Optional.of(file);
    }

    private final class Watched extends FileUrlResource {

        Watched(URL url) {
            super(url);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            open(getFile().toPath().toAbsolutePath());
            return super.getInputStream();
        }
    }
}
