/**
 * The source tables over a restart, and what is said of them. Starting points:
 * {@link io.mooring.gateway.tables.TableKeeper} saves them while the program runs and takes them over when it starts;
 * {@link io.mooring.gateway.tables.ShareWarning} tells of sources that are too large.
 */
@NullMarked
package io.mooring.gateway.tables;

import org.jspecify.annotations.NullMarked;
