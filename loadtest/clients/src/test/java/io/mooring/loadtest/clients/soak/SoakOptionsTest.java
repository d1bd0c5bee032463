package io.mooring.loadtest.clients.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoakOptionsTest {

    @Test
    void readsTheCommandLine() {
        SoakOptions options = parse("http://127.0.0.1:8080", "2000", "60", "1000", "20");

        assertThat(options.target().uri()).hasHost("127.0.0.1").hasPort(8080);
        assertThat(options.clients()).isEqualTo(2000);
        assertThat(options.length()).isEqualTo(Duration.ofMinutes(1));
        assertThat(options.interval()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> parse("https://shop/", "1", "1", "1", "1"))
                .hasMessageContaining("--target: https://shop/");
        assertThatThrownBy(() -> parse("http://h:1", "0", "1", "1", "1")).hasMessageContaining("--clients: 0");
        assertThatThrownBy(() -> SoakOptions.parse(List.of("--clients", "1"))).hasMessageContaining(Soak.USAGE);
    }

    private static SoakOptions parse(String target, String clients, String seconds, String rate, String requests) {
        return SoakOptions.parse(List.of(
                "--target",
                target,
                "--clients",
                clients,
                "--seconds",
                seconds,
                "--rate",
                rate,
                "--requests-per-connection",
                requests));
    }
}
