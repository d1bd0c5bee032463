/** The composition root: what the other modules offer becomes one program here. */
@NullMarked
package io.mooring.gateway;

import org.jspecify.annotations.NullMarked;
