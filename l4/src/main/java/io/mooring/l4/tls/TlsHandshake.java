package io.mooring.l4.tls;

import javax.net.ssl.SSLEngine;

/** Is told how a handshake ended: once, on the event loop, before anything that the peer sends behind it. */
public interface TlsHandshake {

    /** It succeeded; the engine knows what was negotiated. */
    void succeeded(SSLEngine engine);

    /**
     * It failed. If TLS is to blame, the peer is sent an alert and the channel is closed; otherwise that is left to
     * who is told.
     *
     * @param cause a {@link javax.net.ssl.SSLException} if TLS is to blame
     */
    void failed(Throwable cause);
}
