package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mooring.config.ChangeTarget;
import io.mooring.gateway.reload.ChangesFile;
import io.mooring.gateway.reload.LiveConfiguration;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;

/** A gateway that stops. */
class StoppedGatewayTest {

    @TempDir
    Path directory;

    @Test
    void itsConfigurationIsChangedNoMoreAlsoIfItWasConfiguredByNoFile() {
        try (HttpBackends shop = HttpBackends.start("shop", 1)) {
            String yaml = "mooring.upstreams.shop: { backends: " + shop.yaml() + " }";
            LateCaller caller = new LateCaller();
            Gateway gateway = Gateway.start(
                    context -> {
                        configuredByNoFile(context);
                        context.registerBean(LateCaller.class, () -> caller);
                    },
                    directory,
                    yaml);
            caller.configuration = gateway.configuration();
            assertThat(gateway.configuration().files()).isEmpty();
            gateway.close();

            assertThat(caller.refusal)
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessage("the gateway stops");
            assertThat(directory.resolve("data").resolve(ChangesFile.NAME)).doesNotExist();
        }
    }

    /** What was read from files stands in the environment as if it were of nothing in particular. */
    private static void configuredByNoFile(GenericApplicationContext context) {
        MutablePropertySources sources = context.getEnvironment().getPropertySources();
        for (PropertySource<?> source : sources.stream().toList()) {
            if (source instanceof OriginTrackedMapPropertySource tracked) {
                Map<String, Object> values = new LinkedHashMap<>();
                for (String name : tracked.getPropertyNames()) {
                    values.put(name, tracked.getProperty(name));
                }
                sources.replace(tracked.getName(), new MapPropertySource(tracked.getName(), values));
            }
        }
    }

    /** Makes a change while the gateway stops, before its parts are destroyed. */
    private static final class LateCaller implements SmartLifecycle {

        private volatile @Nullable LiveConfiguration configuration;
        private volatile @Nullable Throwable refusal;
        private volatile boolean running;

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            refusal = catchThrowable(() -> Objects.requireNonNull(configuration, "it has started")
                    .change(changes -> changes.with(ChangeTarget.backend("shop", "shop-1"), Map.of("weight", "3"))));
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        /** The next to stop after the first. */
        @Override
        public int getPhase() {
            return Integer.MAX_VALUE - 1;
        }
    }
}
