package io.mooring.balancer.session;

/**
 * What became of the sessions of a saved table.
 *
 * @param restored how many go on
 * @param ended how many are over
 * @param dropped how many there was no room for, or whose client has a newer one
 */
public record RestoreReport(int restored, int ended, int dropped) {}
