/**
 * Files that what was said of a change stands in, and that must not be lost.
 *
 * <p>Starting point: {@link io.mooring.gateway.files.DurableText}.
 */
@NullMarked
package io.mooring.gateway.files;

import org.jspecify.annotations.NullMarked;
