/** The admin API by itself, without a gateway. */
@NullMarked
package io.mooring.gateway.admin;

import org.jspecify.annotations.NullMarked;
