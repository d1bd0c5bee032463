package io.mooring.l4.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.l4.tls.ServerNames.Wildcards;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerNamesTest {

    private static final Map<String, String> NAMES =
            Map.of("a.example.org", "exact", "*.example.org", "near", "*.org", "far");

    @ParameterizedTest
    @CsvSource({
        "a.example.org, exact, exact",
        "b.example.org, near, near",
        "c.b.example.org, , near",
        "a.a.example.org, , near",
        "example.org, far, far",
        "example.com, , ",
        "org, , ",
        "'', , ",
    })
    void theExactNameGoesBeforeAWildcardAndTheLongerBeforeTheShorter(String name, String oneLabel, String anyDepth) {
        assertThat(new ServerNames<>(NAMES, Wildcards.ONE_LABEL).find(name)).isEqualTo(oneLabel);
        assertThat(new ServerNames<>(NAMES, Wildcards.ANY_DEPTH).find(name)).isEqualTo(anyDepth);
    }

    @Test
    void noNameHasNoValue() {
        assertThat(new ServerNames<>(NAMES, Wildcards.ANY_DEPTH).find(null)).isNull();
    }
}
