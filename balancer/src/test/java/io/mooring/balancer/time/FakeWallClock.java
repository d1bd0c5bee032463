package io.mooring.balancer.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A wall clock that is set by hand, backwards too. */
public final class FakeWallClock implements InstantSource {

    public static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private volatile Instant now = START;

    @Override
    public Instant instant() {
        return now;
    }

    public void advance(Duration duration) {
        now = now.plus(duration);
    }
}
