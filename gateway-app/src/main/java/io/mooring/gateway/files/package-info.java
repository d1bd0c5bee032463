/**
 * Files of the data directory that must not be lost.
 *
 * <p>Starting points: {@link io.mooring.gateway.files.DurableFile}, and {@link io.mooring.gateway.files.DurableText}
 * where it is text.
 */
@NullMarked
package io.mooring.gateway.files;

import org.jspecify.annotations.NullMarked;
