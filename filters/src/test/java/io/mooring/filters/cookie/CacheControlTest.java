package io.mooring.filters.cookie;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CacheControlTest {

    static Stream<Arguments> headers() {
        return Stream.of(
                Arguments.of(List.of(), "private"),
                Arguments.of(List.of(""), "private"),
                Arguments.of(List.of("max-age=60"), "max-age=60, private"),
                Arguments.of(List.of("public, max-age=60"), "max-age=60, private"),
                Arguments.of(List.of("Public,Max-Age=60,S-MaxAge=600"), "Max-Age=60, private"),
                Arguments.of(List.of("no-cache"), "no-cache, private"),
                Arguments.of(List.of("max-age=60", "public"), "max-age=60, private"),
                Arguments.of(
                        List.of("private=\"set-cookie, x\", max-age=60"),
                        "private=\"set-cookie, x\", max-age=60, private"),
                Arguments.of(
                        List.of("x=\"public, no-store\", must-revalidate"),
                        "x=\"public, no-store\", must-revalidate, private"),
                Arguments.of(List.of("private"), null),
                Arguments.of(List.of("max-age=60, PRIVATE"), null),
                Arguments.of(List.of("no-store"), null),
                Arguments.of(List.of("public", "no-store"), null));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void sharedCachesAreKeptOut(List<String> values, String expected) {
        assertThat(CacheControl.keepPrivate(values)).isEqualTo(expected);
    }
}
