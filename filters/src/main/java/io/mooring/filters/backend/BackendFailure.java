package io.mooring.filters.backend;

import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.io.Serial;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ResponseStatusException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;

/**
 * Tells why no backend answered, or why its answer could not be finished.
 *
 * <p>It has no stack trace, being nothing that a stack trace would explain. It is an {@link IOException} so that the
 * stock {@code Retry} filter takes it for what it is.
 */
public final class BackendFailure extends IOException {

    @Serial
    private static final long serialVersionUID = 1;

    /** The kinds of failure, and what the client is told. */
    public enum Kind {
        /** There is no backend that may be used. */
        NONE_AVAILABLE(503, "No backend is available."),
        /** The client's own backend cannot serve it, and the policy is strict. */
        REFUSED(503, "The backend of this session is not available."),
        /** No backend accepted a connection; nothing of the request was sent, so it may be sent again. */
        UNREACHABLE(503, "No backend could be reached."),
        /** All connections to the backend are in use; nothing of the request was sent, so it may be sent elsewhere. */
        EXHAUSTED(503, "The backend has no free connection."),
        /** The backend took too long. */
        TIMEOUT(504, "The backend did not answer in time."),
        /** The backend broke off, or what it said was not HTTP. */
        BROKEN(502, "The backend's answer could not be understood.");

        private final int status;
        private final String detail;

        Kind(int status, String detail) {
            this.status = status;
            this.detail = detail;
        }

        /** The status of the response. */
        public int status() {
            return status;
        }

        /** A sentence for the client. */
        public String detail() {
            return detail;
        }
    }

    private final Kind kind;

    /** A failure of this kind, for which there need not be a cause. */
    public BackendFailure(Kind kind, @Nullable Throwable cause) {
        super(cause == null ? kind.detail() : kind.detail() + " " + cause, cause);
        this.kind = kind;
    }

    /** The kind. */
    public Kind kind() {
        return kind;
    }

    /** The failure that the error is or was caused by, or null if it is something else. */
    public static @Nullable BackendFailure in(Throwable error) {
        Throwable cause = error;
        for (int depth = 0; cause != null && depth < 10; depth++, cause = cause.getCause()) {
            if (cause instanceof BackendFailure failure) {
                return failure;
            }
        }
        return null;
    }

    /** What an error of the exchange with a backend is; the error itself if it says what to answer. */
    public static Throwable of(Throwable error) {
        if (error instanceof BackendFailure) {
            return error;
        }
        if (error instanceof ResponseStatusException answer) {
            return isResponseTimeout(answer) ? new BackendFailure(Kind.TIMEOUT, answer.getCause()) : answer;
        }
        return new BackendFailure(kind(error), error);
    }

    private static boolean isResponseTimeout(ResponseStatusException answer) {
        return answer.getStatusCode().value() == Kind.TIMEOUT.status()
                && answer.getCause() instanceof org.springframework.cloud.gateway.support.TimeoutException;
    }

    private static Kind kind(Throwable error) {
        if (error instanceof ConnectException
                || error instanceof NoRouteToHostException
                || error instanceof UnknownHostException
                || error instanceof BindException
                || error instanceof SSLHandshakeException
                || error instanceof SslHandshakeTimeoutException) {
            return Kind.UNREACHABLE;
        }
        if (error instanceof PoolAcquireTimeoutException || error instanceof PoolAcquirePendingLimitException) {
            return Kind.EXHAUSTED;
        }
        return error instanceof ReadTimeoutException || error instanceof TimeoutException ? Kind.TIMEOUT : Kind.BROKEN;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
