package io.mooring.testkit;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakTracker;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A Netty leak detector that keeps what it finds for {@link LeaksFailTests} instead of logging it.
 *
 * <p>Thread-safe. There is one for each kind of resource, and all share one record of leaks.
 */
final class RecordingLeakDetector<T> extends ResourceLeakDetector<T> {

    private static final Queue<RecordingLeakDetector<?>> DETECTORS = new ConcurrentLinkedQueue<>();
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

    RecordingLeakDetector(Class<T> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
        DETECTORS.add(this);
    }

    /** The leaks found since the last call. Only what has been garbage-collected by now can be among them. */
    static List<String> drain() {
        DETECTORS.forEach(RecordingLeakDetector::look);
        List<String> leaks = new ArrayList<>();
        for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
            leaks.add(leak);
        }
        return leaks;
    }

    /**
     * Netty looks for leaks only when it tracks the next resource of the kind, so the last one is never found without
     * this.
     */
    @SuppressWarnings("unchecked")
    private void look() {
        T probe = (T) new Object();
        ResourceLeakTracker<T> tracker = trackForcibly(probe);
        tracker.close(probe);
    }

    /** Netty's own answer is no when errors are not logged. */
    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, @Nullable String records) {
        LEAKS.add(resourceType + " was not released:" + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        LEAKS.add(resourceType + " was not released (nothing recorded where)");
    }
}
