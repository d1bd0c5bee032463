package io.mooring.balancer.source;

/**
 * A live session of a {@link SourceTable}, as it was at one moment.
 *
 * @param source whose
 * @param binding what it is bound to
 * @param began when it began, in nanoseconds of the table's ticker
 * @param lastUsed when it was last used, likewise; of no meaning while it is held
 * @param holds how often it is held
 */
public record SourceEntry(SourceAddress source, int binding, long began, long lastUsed, int holds) {}
