package io.mooring.filters.support;

import io.mooring.balancer.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A wall clock and a ticker that stand still until they are told to go on. */
public final class SettableClock implements InstantSource, Ticker {

    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private final AtomicLong elapsedNanos = new AtomicLong();

    public void advance(Duration duration) {
        elapsedNanos.addAndGet(duration.toNanos());
    }

    @Override
    public Instant instant() {
        return START.plusNanos(elapsedNanos.get());
    }

    @Override
    public long nanos() {
        return elapsedNanos.get();
    }
}
