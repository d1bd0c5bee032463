package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.config.ChangeTarget;
import io.mooring.gateway.reload.ChangesFile;
import io.mooring.gateway.reload.LiveConfiguration;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
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
            Gateway gateway = Gateway.start(StoppedGatewayTest::configuredByNoFile, directory, yaml);
            LiveConfiguration configuration = gateway.configuration();
            assertThat(configuration.files()).isEmpty();
            gateway.close();

            assertThatThrownBy(() -> configuration.change(
                            changes -> changes.with(ChangeTarget.backend("shop", "shop-1"), Map.of("weight", "3"))))
                    .isInstanceOf(RejectedExecutionException.class);
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
}
