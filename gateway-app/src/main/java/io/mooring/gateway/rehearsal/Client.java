package io.mooring.gateway.rehearsal;

import java.io.IOException;
import java.time.Duration;

/** Visits the gateway as one client. */
interface Client {

    /** How often each visits, however slow the machine is: enough for every kind of visit to be repeated. */
    int LEAST_VISITS = 50;

    /** How long an answer may take. */
    int TIMEOUT_MILLIS = Math.toIntExact(Duration.ofSeconds(30).toMillis());

    /**
     * Visits once.
     *
     * @param number counts from 0
     * @return the name of the backend that keeps this client; empty if this visit asked for no session
     */
    String visit(int number) throws IOException;

    /**
     * Visits again and again until then, and returns how often; fails if another backend answers than the first time.
     */
    default int visitUntil(long endNanos) throws IOException {
        String backend = "";
        int visits = 0;
        while (visits < LEAST_VISITS || System.nanoTime() - endNanos < 0) {
            String answering = visit(visits++);
            if (backend.isEmpty()) {
                backend = answering;
            } else if (!answering.isEmpty() && !answering.equals(backend)) {
                throw new IllegalStateException("answered by: " + answering + " (expected: " + backend + ")");
            }
        }
        return visits;
    }

    /** The name of a demo backend that answered this. */
    static String backendOf(String answer) {
        int colon = answer.indexOf(':');
        if (colon < 0) {
            throw new IllegalStateException("answer: " + answer + " (expected: a backend's name and a colon)");
        }
        return answer.substring(0, colon);
    }
}
