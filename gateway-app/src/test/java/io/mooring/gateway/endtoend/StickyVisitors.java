package io.mooring.gateway.endtoend;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** HTTP clients with a cookie each, who come again and again until they are stopped. */
final class StickyVisitors {

    private final int port;
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Visitor> visitors = new ArrayList<>();
    private volatile boolean stopped;

    private StickyVisitors(int port) {
        this.port = port;
    }

    static StickyVisitors start(int port, int count) {
        StickyVisitors all = new StickyVisitors(port);
        for (int i = 0; i < count; i++) {
            Visitor visitor = all.new Visitor();
            all.visitors.add(visitor);
            visitor.thread.start();
        }
        all.awaitVisits(3);
        return all;
    }

    /** Returns when each has been served so many times more. */
    void awaitVisits(int more) {
        List<Integer> before =
                visitors.stream().map(visitor -> visitor.visits.get()).toList();
        Awaiting.until(() -> {
            for (int i = 0; i < before.size(); i++) {
                if (visitors.get(i).visits.get() < before.get(i) + more && failures.isEmpty()) {
                    return false;
                }
            }
            return true;
        });
    }

    void stop() throws InterruptedException {
        stopped = true;
        for (Visitor visitor : visitors) {
            visitor.thread.join();
        }
    }

    /** What went wrong. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /** By whom each was served, each backend once, in the order of their coming. */
    List<List<String>> histories() {
        return visitors.stream().map(Visitor::history).toList();
    }

    private final class Visitor {
        private final Set<String> backends = new LinkedHashSet<>();
        private final Thread thread = new Thread(this::comeAndGo, "visitor");
        private final AtomicInteger visits = new AtomicInteger();
        private String cookie = "none=0";

        private void comeAndGo() {
            try (HttpConnection connection = new HttpConnection(port)) {
                while (!stopped) {
                    HttpConnection.Response response = connection.get("/", "Cookie: " + cookie);
                    if (response.status() != 200) {
                        failures.add(response.toString());
                        return;
                    }
                    response.header("set-cookie").ifPresent(set -> cookie = response.cookie());
                    synchronized (backends) {
                        backends.add(response.body());
                    }
                    visits.incrementAndGet();
                }
            } catch (IOException e) {
                failures.add(e.toString());
            }
        }

        private List<String> history() {
            synchronized (backends) {
                return List.copyOf(backends);
            }
        }
    }
}
