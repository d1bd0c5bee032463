/** Spring Cloud Gateway as it comes: the measure that Mooring is held against. */
@NullMarked
package io.mooring.loadtest.stock;

import org.jspecify.annotations.NullMarked;
