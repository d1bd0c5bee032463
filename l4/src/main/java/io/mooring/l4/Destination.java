package io.mooring.l4;

import io.mooring.balancer.session.Scope;
import io.mooring.l4.tls.BackendTls;
import org.jspecify.annotations.Nullable;

/**
 * Where a client is led.
 *
 * @param scope what decides for it
 * @param tls what speaks TLS with the backends, or null if they are spoken with in the clear
 */
record Destination(Scope scope, @Nullable BackendTls tls) {}
