package io.mooring.gateway.reload;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, by which a daemon is asked to read its configuration again, and by which a JVM would end otherwise.
 *
 * <p>The JDK's class for signals is not of its API, so it is looked for when it is needed; without it, or where there
 * is no such signal, nothing happens. Nor where the process was started with the signal ignored, as by {@code nohup}:
 * the JVM keeps to that.
 */
final class HangUp implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HangUp.class);

    private static final String SIGNAL = "sun.misc.Signal";
    private static final String HANDLER = "sun.misc.SignalHandler";
    private static final String IGNORED = "SIG_IGN";

    private final @Nullable Object before;

    private HangUp(@Nullable Object before) {
        this.before = before;
    }

    /** Has the action done at each signal, on a thread of the JVM's, until this is closed. */
    static HangUp handledBy(Runnable action) {
        InvocationHandler handler = (proxy, method, arguments) -> switch (method.getName()) {
            case "handle" -> {
                action.run();
                yield null;
            }
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == (arguments == null ? null : arguments[0]);
            default -> "the handler of SIGHUP";
        };
        try {
            Class<?> type = Class.forName(HANDLER);
            Object before =
                    install(Proxy.newProxyInstance(HangUp.class.getClassLoader(), new Class<?>[] {type}, handler));
            if (IGNORED.equals(String.valueOf(before))) {
                LOG.warn("SIGHUP is not listened to: the gateway was started with it ignored, as nohup does");
            }
            return new HangUp(before);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.info("SIGHUP is not listened to: {}", e.toString());
            return new HangUp(null);
        }
    }

    /** Has done what was done before. */
    @Override
    public void close() {
        if (before == null) {
            return;
        }
        try {
            install(before);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.debug("SIGHUP stays as it is", e);
        }
    }

    private static @Nullable Object install(Object handler) throws ReflectiveOperationException {
        Class<?> signal = Class.forName(SIGNAL);
        return signal.getMethod("handle", signal, Class.forName(HANDLER))
                .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), handler);
    }
}
