package io.mooring.balancer.session;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How long a session lasts.
 *
 * @param idle ends it when nothing new came for this long: whole seconds, 30 s to 3600 s
 * @param absolute ends it this long after it began, however busy: a second or more, or null for never
 */
public record SessionTimeouts(Duration idle, @Nullable Duration absolute) {

    /** The shortest idle timeout. */
    public static final Duration MIN_IDLE = Duration.ofSeconds(30);

    /** The longest idle timeout. */
    public static final Duration MAX_IDLE = Duration.ofHours(1);

    /** The shortest absolute timeout. */
    public static final Duration MIN_ABSOLUTE = Duration.ofSeconds(1);

    /** The idle timeout of a policy that declares none. */
    public static final Duration DEFAULT_IDLE = Duration.ofSeconds(1_000);

    public SessionTimeouts {
        Objects.requireNonNull(idle, "idle");
        if (!isIdleTimeout(idle)) {
            throw new IllegalArgumentException("idle-timeout: " + idle + " (expected: whole seconds, 30s-3600s)");
        }
        if (absolute != null && !isAbsoluteTimeout(absolute)) {
            throw new IllegalArgumentException("absolute-timeout: " + absolute + " (expected: 1s or more)");
        }
    }

    /** Whether the duration may be an idle timeout. */
    public static boolean isIdleTimeout(Duration idle) {
        return idle.equals(Duration.ofSeconds(idle.toSeconds()))
                && idle.compareTo(MIN_IDLE) >= 0
                && idle.compareTo(MAX_IDLE) <= 0;
    }

    /** Whether the duration may be an absolute timeout. */
    public static boolean isAbsoluteTimeout(Duration absolute) {
        return absolute.compareTo(MIN_ABSOLUTE) >= 0;
    }
}
