package io.mooring.health;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.util.concurrent.Future;
import java.net.PortUnreachableException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One probe that is under way: the first result counts, closes the socket and is told. Without one in time, the result
 * is that of {@link #inTime}.
 *
 * <p>Confined to its event loop.
 */
final class ProbeAttempt {

    private final Consumer<ProbeResult> done;
    private final Future<?> timeout;
    private ProbeResult inTime = ProbeResult.bad("no answer in time");
    private @Nullable Channel channel;
    private boolean over;

    ProbeAttempt(EventLoop loop, Duration limit, Consumer<ProbeResult> done) {
        this.done = done;
        this.timeout = loop.schedule(() -> end(inTime), limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The socket, which is closed when the attempt is over or if it is already. */
    void on(Channel opened) {
        channel = opened;
        if (over) {
            close(opened);
        }
    }

    /** What it means if nothing happens until the end of the time. */
    void inTime(ProbeResult result) {
        inTime = result;
    }

    void good(String words) {
        end(ProbeResult.good(words));
    }

    void bad(String words) {
        end(ProbeResult.bad(words));
    }

    /** A step without which there is no good result. */
    void needs(Future<?> step) {
        step.addListener(done -> {
            if (!done.isSuccess()) {
                failed(done.cause());
            }
        });
    }

    /** It came to an end; if there was no socket, to the backend or to ask for its name, then not because of it. */
    void failed(Throwable cause) {
        boolean isNameless = cause instanceof UnknownHostException && !(cause.getCause() instanceof ChannelException);
        end(channel != null || isNameless ? ProbeResult.bad(words(cause)) : ProbeResult.unknown(rootWords(cause)));
    }

    /** What was missing stands at the root. */
    private static String rootWords(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    private void end(ProbeResult result) {
        if (over) {
            return;
        }
        over = true;
        timeout.cancel(false);
        if (channel != null) {
            close(channel);
        }
        done.accept(result);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // there is nothing left to do for a socket that cannot be closed
    private static void close(Channel socket) {
        socket.close();
    }

    private static String words(Throwable cause) {
        Throwable root = cause.getCause() instanceof SSLException tls ? tls : cause;
        String message = root.getMessage();
        if (root instanceof UnknownHostException) {
            return "its name is unknown";
        }
        if (root instanceof PortUnreachableException) {
            return "port unreachable";
        }
        if (root instanceof NotSslRecordException) {
            return "it does not speak TLS";
        }
        if (root instanceof SSLException) {
            return "TLS: " + message;
        }
        return message == null ? root.getClass().getSimpleName() : message;
    }
}
