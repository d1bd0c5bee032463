package io.mooring.gateway.admin;

import io.mooring.balancer.time.Ticker;
import io.mooring.gateway.accesslog.LogValue;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Says in a line each what was changed, or was to be, by whom, from where and with what success, and who said a wrong
 * password; counts it, too. What strangers can have it say is bounded, or they could fill a disk by it. Safe for
 * concurrent use.
 */
public final class AuditLog {

    private static final Logger LOG = LoggerFactory.getLogger("mooring.audit");

    private static final int FIRST_ERROR = 400;

    private final LongAdder applied = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Map<AuthenticationFailure, LongAdder> failures = new EnumMap<>(AuthenticationFailure.class);
    private final LineBudget wrongPasswords;
    private final LineBudget strangers;

    /** An audit log of which strangers can have so much in a time. */
    public AuditLog(Ticker ticker) {
        this.wrongPasswords = new LineBudget(ticker);
        this.strangers = new LineBudget(ticker);
        for (AuthenticationFailure reason : AuthenticationFailure.values()) {
            failures.put(reason, new LongAdder());
        }
    }

    /** How many calls have changed something. */
    public long applied() {
        return applied.sum();
    }

    /** How many calls that were to change something were refused. */
    public long refused() {
        return refused.sum();
    }

    /** How many calls were nobody's for this reason. */
    public long failed(AuthenticationFailure reason) {
        return counter(reason).sum();
    }

    void changed(
            ServerHttpRequest request, @Nullable String user, int status, String before, String after, String why) {
        boolean isRefused = status >= FIRST_ERROR;
        (isRefused ? refused : applied).increment();
        StringBuilder line = begun(request, user);
        if (!isRefused) {
            line.append(" before=")
                    .append(LogValue.of(before))
                    .append(" after=")
                    .append(LogValue.of(after));
        }
        end(line, isRefused, status, why);
        LOG.info("{}", line);
    }

    /**
     * A call is nobody's, though the port has users.
     *
     * @param claimed the user whose password it would be; null if there is no such user, or it was not looked at
     */
    void failed(
            ServerHttpRequest request, AuthenticationFailure reason, @Nullable String claimed, int status, String why) {
        counter(reason).increment();
        if (reason != AuthenticationFailure.WRONG) {
            turnedAway(request, status, why);
            return;
        }
        if (Answers.isChange(request)) {
            refused.increment();
        }
        tell(wrongPasswords, request, " claimed=" + (claimed == null ? "-" : LogValue.of(claimed)), status, why);
    }

    /** A call was refused before anybody asked whose it is: if it was to change something, it is told. */
    void turnedAway(ServerHttpRequest request, int status, String why) {
        if (Answers.isChange(request)) {
            refused.increment();
            tell(strangers, request, "", status, why);
        }
    }

    private static void tell(LineBudget budget, ServerHttpRequest request, String claimed, int status, String why) {
        budget.take().ifPresent(leftOut -> {
            StringBuilder line = begun(request, null).append(claimed);
            end(line, true, status, why);
            if (leftOut > 0) {
                line.append(" left-out=").append(leftOut);
            }
            LOG.info("{}", line);
        });
    }

    private static StringBuilder begun(ServerHttpRequest request, @Nullable String user) {
        StringBuilder line = new StringBuilder("user=");
        line.append(user == null ? "-" : LogValue.of(user));
        InetSocketAddress from = request.getRemoteAddress();
        line.append(" from=")
                .append(from == null ? "-" : LogValue.of(from.getAddress().getHostAddress()));
        return line.append(" call=")
                .append(LogValue.of(Text.printable(
                        request.getMethod().name() + " " + request.getURI().getRawPath())));
    }

    private static void end(StringBuilder line, boolean isRefused, int status, String why) {
        line.append(" result=")
                .append(isRefused ? "refused" : "applied")
                .append(" status=")
                .append(status);
        if (!why.isEmpty()) {
            line.append(" why=").append(LogValue.of(Text.printable(why)));
        }
    }

    private LongAdder counter(AuthenticationFailure reason) {
        return Objects.requireNonNull(failures.get(reason), "each reason has a counter");
    }
}
