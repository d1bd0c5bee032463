package io.mooring.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;

class UnusedAutoConfigurationTest {

    private final List<String> candidates = ImportCandidates.load(
                    AutoConfiguration.class, getClass().getClassLoader())
            .getCandidates();

    @Test
    void eachNameKeepsSomethingOut() {
        assertThat(UnusedAutoConfiguration.UNUSED)
                .allSatisfy(unused -> assertThat(candidates).anyMatch(candidate -> candidate.startsWith(unused)));
    }

    @Test
    void whatIsUsedStays() {
        String[] names = {
            "org.springframework.cloud.gateway.config.GatewayAutoConfiguration",
            "org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration",
            null
        };

        assertThat(new UnusedAutoConfiguration().match(names, null)).containsExactly(true, false, true);
    }
}
