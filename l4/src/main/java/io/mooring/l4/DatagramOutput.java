package io.mooring.l4;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where datagrams leave a socket: with the next flush, or before it when there is no room for more.
 *
 * <p>Confined to the event loop of the socket.
 */
interface DatagramOutput {

    /**
     * Adds a copy of a datagram.
     *
     * @param to where it goes, or null if the socket is connected
     */
    void add(@Nullable InetSocketAddress to, ByteBuf payload);

    /** Has leave what was added. */
    void flush();

    /** Drops what was added, and whatever is added from now on. */
    void close();

    /** What is told of datagrams that do not leave. */
    @FunctionalInterface
    interface Losses {

        /**
         * These are lost.
         *
         * @param cause what the socket said, or null if there was no room for them
         */
        void lost(int datagrams, @Nullable Throwable cause);
    }
}
