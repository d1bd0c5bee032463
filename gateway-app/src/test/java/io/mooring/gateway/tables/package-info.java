/** Saving the source tables, with real files and real kills. */
@NullMarked
package io.mooring.gateway.tables;

import org.jspecify.annotations.NullMarked;
