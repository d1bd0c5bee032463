/**
 * Backends to try the gateway with, in the gateway's own process. Starting point: {@link io.mooring.gateway.demo.Demo}.
 */
@NullMarked
package io.mooring.gateway.demo;

import org.jspecify.annotations.NullMarked;
