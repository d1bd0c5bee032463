package io.mooring.gateway.admin;

import io.mooring.gateway.accesslog.LogValue;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Says in a line each what was changed, or was to be, by whom, from where and with what success; counts it, too. Safe for concurrent use. */
public final class AuditLog {

    private static final Logger LOG = LoggerFactory.getLogger("mooring.audit");

    private static final int FIRST_ERROR = 400;

    private final LongAdder applied = new LongAdder();
    private final LongAdder refused = new LongAdder();

    /** How many calls have changed something. */
    public long applied() {
        return applied.sum();
    }

    /** How many calls that were to change something were refused. */
    public long refused() {
        return refused.sum();
    }

    void changed(
            ServerHttpRequest request, @Nullable String user, int status, String before, String after, String why) {
        boolean isRefused = status >= FIRST_ERROR;
        (isRefused ? refused : applied).increment();
        StringBuilder line = new StringBuilder("user=");
        line.append(user == null ? "-" : LogValue.of(user));
        InetSocketAddress from = request.getRemoteAddress();
        line.append(" from=")
                .append(from == null ? "-" : LogValue.of(from.getAddress().getHostAddress()));
        line.append(" call=")
                .append(LogValue.of(Text.printable(
                        request.getMethod().name() + " " + request.getURI().getRawPath())));
        if (!isRefused) {
            line.append(" before=")
                    .append(LogValue.of(before))
                    .append(" after=")
                    .append(LogValue.of(after));
        }
        line.append(" result=")
                .append(isRefused ? "refused" : "applied")
                .append(" status=")
                .append(status);
        if (!why.isEmpty()) {
            line.append(" why=").append(LogValue.of(Text.printable(why)));
        }
        LOG.info("{}", line);
    }
}
