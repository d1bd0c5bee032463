/** The whole program, on real sockets, as an operator configures it and a client sees it. */
@NullMarked
package io.mooring.gateway.endtoend;

import org.jspecify.annotations.NullMarked;
