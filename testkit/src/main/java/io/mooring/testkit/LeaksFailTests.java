package io.mooring.testkit;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JUnit extension that fails a test class which left a Netty resource unreleased.
 *
 * <p>It is found by the service loader: no test names it. A leak shows only once it is garbage, so there is one
 * forced collection after each top-level class rather than one after each test. A resource that is still reachable at
 * that time is not a leak yet; it is reported with a later class if it becomes one.
 */
public final class LeaksFailTests implements AfterAllCallback {

    private static final long COLLECTION_MILLIS = 2_000;

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        boolean nested =
                context.getParent().flatMap(ExtensionContext::getTestClass).isPresent();
        if (nested) {
            return;
        }
        collectGarbage();
        List<String> leaks = RecordingLeakDetector.drain();
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " Netty resource(s) leaked by "
                    + context.getRequiredTestClass().getName() + " or a class before it:\n"
                    + String.join("\n", leaks));
        }
    }

    private static void collectGarbage() throws InterruptedException {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        // Twice: what the first collection frees may hold the last reference to more.
        for (int round = 0; round < 2; round++) {
            Reference<Object> canary = new WeakReference<>(new Object(), collected);
            System.gc();
            Reference<?> seen = collected.remove(COLLECTION_MILLIS);
            if (seen != canary) {
                throw new IllegalStateException("no garbage collection within " + COLLECTION_MILLIS + " ms");
            }
        }
    }
}
