package io.mooring.l4;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket of a flow's own that is connected to its backend: only from there can answers come.
 *
 * <p>Confined to its event loop. It belongs to its flow, which closes it.
 */
interface BackendSocket {

    /** Adds a copy of a datagram to what leaves with the next flush. */
    void add(ByteBuf payload);

    /** Sends what was added. */
    void flush();

    /** Drops what was added, and tells nothing after that. */
    void close();

    /** Whom it tells. */
    interface Owner extends DatagramOutput.Losses {

        /** There is one, which is not connected yet, and is the owner's to close. */
        void opened(BackendSocket socket);

        /** It can be used from now on. */
        void connected();

        /** The backend has sent this, which is valid during the call. */
        void answered(ByteBuf payload);

        /** The backend's host says that nobody listens, or there is no way to it. */
        void unreachable();

        /** These are lost, which happens to datagrams. */
        void dropped(int datagrams);

        /** It does not work, through no fault of the backend's. */
        void failed(@Nullable Throwable cause);

        @Override
        default void lost(int datagrams, @Nullable Throwable cause) {
            if (isUnreachable(cause)) {
                dropped(datagrams);
                unreachable();
            } else if (cause == null || cause instanceof IOException) {
                dropped(datagrams);
            } else {
                failed(cause);
            }
        }
    }

    private static boolean isUnreachable(@Nullable Throwable cause) {
        if (cause instanceof NativeIoException e) {
            int error = e.expectedErr();
            return error == Errors.ERROR_ECONNREFUSED_NEGATIVE
                    || error == Errors.ERROR_ENETUNREACH_NEGATIVE
                    || error == Errors.ERROR_EHOSTUNREACH_NEGATIVE;
        }
        return cause instanceof PortUnreachableException || cause instanceof NoRouteToHostException;
    }
}
