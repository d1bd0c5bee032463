/**
 * TLS at layer 4: terminated for clients, spoken with backends, or only looked at.
 *
 * <p>Starting points: {@link io.mooring.l4.tls.TlsContexts} makes a {@link io.mooring.l4.tls.ServerTls} for a listener
 * and a {@link io.mooring.l4.tls.BackendTls} for an upstream from {@link io.mooring.l4.tls.TlsBundles}, and follows
 * their replacement; a {@link io.mooring.l4.tls.HelloPeek} looks at a client's first bytes without consuming them.
 *
 * <p>The JDK's engine does the cryptography, on the event loop of the connection: a handshake is a bounded piece of
 * work of about a millisecond, and a thread of its own would need a queue that a flood of clients could fill.
 */
@NullMarked
package io.mooring.l4.tls;

import org.jspecify.annotations.NullMarked;
