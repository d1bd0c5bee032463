/**
 * Where the signing keys come from. Starting point: {@link io.mooring.gateway.keys.SigningKeyFile}.
 */
@NullMarked
package io.mooring.gateway.keys;

import org.jspecify.annotations.NullMarked;
