/** A gateway, backends and a client on real sockets. */
@NullMarked
package io.mooring.filters.support;

import org.jspecify.annotations.NullMarked;
