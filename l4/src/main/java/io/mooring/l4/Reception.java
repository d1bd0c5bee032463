package io.mooring.l4;

import io.mooring.l4.tls.ClientHello;
import io.mooring.l4.tls.ClientTls;
import io.mooring.l4.tls.HelloPeek;
import io.mooring.l4.tls.ServerTls;
import io.mooring.l4.tls.TlsHandshake;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * What happens between the accept, or what a proxy says, and the decision. Called on the client's event loop, with a
 * channel that is not read. When the connection begins it is again not read, and what has come in goes to the relay's
 * handler, which holds it.
 */
@FunctionalInterface
interface Reception {

    /** Decides at once. */
    Reception DIRECT = (connection, accepted) -> connection.begin(ClientTls.NONE, null);

    /** Finds out what the connection has to know to begin, or ends it. */
    void receive(TcpConnection connection, Channel accepted);

    /** Waits for a TLS hello to see which server the client asks for, and lets all bytes pass as they come. */
    static Reception peeking(Duration timeout) {
        return (connection, accepted) -> {
            HelloPeek peek = new HelloPeek(hello -> {
                accepted.config().setAutoRead(false);
                connection.begin(ClientTls.peeked(hello.serverName()), hello.serverName());
            });
            Future<?> timer = accepted.eventLoop().schedule(peek::giveUp, timeout.toNanos(), TimeUnit.NANOSECONDS);
            accepted.closeFuture().addListener(closed -> timer.cancel(false));
            read(accepted, peek);
        };
    }

    /** Terminates TLS. */
    static Reception terminating(ServerTls tls, Duration timeout) {
        return (connection, accepted) -> {
            Future<?> timer = accepted.eventLoop()
                    .schedule(connection::handshakeTimedOut, timeout.toNanos(), TimeUnit.NANOSECONDS);
            accepted.closeFuture().addListener(closed -> timer.cancel(false));
            read(accepted, new HelloPeek(hello -> {
                ServerTls.Termination chosen = tls.choose(hello.serverName());
                chosen.begin(
                        accepted,
                        TcpListener.RELAY,
                        new Handshake(connection, accepted, timer, hello, chosen.vouchesForName()));
            }));
        };
    }

    private static void read(Channel accepted, HelloPeek peek) {
        accepted.pipeline().addBefore(TcpListener.RELAY, null, peek);
        accepted.config().setAutoRead(true);
    }

    /**
     * A client's handshake.
     *
     * @param led whether the server name leads the client
     */
    record Handshake(TcpConnection connection, Channel accepted, Future<?> timer, ClientHello hello, boolean led)
            implements TlsHandshake {

        @Override
        public void succeeded(SSLEngine engine) {
            timer.cancel(false);
            accepted.config().setAutoRead(false);
            String alpn = engine.getApplicationProtocol();
            ClientTls tls = new ClientTls(
                    hello.serverName(),
                    engine.getSession().getProtocol(),
                    alpn == null || alpn.isEmpty() ? null : alpn);
            connection.begin(tls, led ? hello.serverName() : null);
        }

        @Override
        public void failed(Throwable cause) {
            if (cause instanceof SSLException) {
                connection.handshakeFailed(cause);
            } else {
                connection.abandoned();
            }
        }
    }
}
