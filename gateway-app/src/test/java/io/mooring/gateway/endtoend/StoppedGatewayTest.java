package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mooring.config.ChangeTarget;
import io.mooring.gateway.reload.ChangesFile;
import io.mooring.gateway.reload.LiveConfiguration;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.SmartLifecycle;

/** A gateway that stops. */
class StoppedGatewayTest {

    @TempDir
    Path directory;

    @Test
    void itsConfigurationIsChangedNoMoreAlsoIfItWasConfiguredByNoFile() {
        LateCaller caller = new LateCaller();
        Gateway gateway = Gateway.startWithoutFile(
                context -> context.registerBean(LateCaller.class, () -> caller),
                directory,
                "--mooring.upstreams.shop.backends.shop-1.address=127.0.0.1:9");
        caller.configuration = gateway.configuration();
        assertThat(gateway.configuration().files()).isEmpty();
        gateway.close();

        assertThat(caller.refusal)
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("the gateway stops");
        assertThat(directory.resolve("data").resolve(ChangesFile.NAME)).doesNotExist();
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
