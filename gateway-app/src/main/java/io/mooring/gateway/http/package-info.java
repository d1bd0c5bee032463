/**
 * The HTTP listener's own settings. Starting point: {@link io.mooring.gateway.http.KeepaliveTimeout}.
 */
@NullMarked
package io.mooring.gateway.http;

import org.jspecify.annotations.NullMarked;
