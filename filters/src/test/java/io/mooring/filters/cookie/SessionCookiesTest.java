package io.mooring.filters.cookie;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SessionCookiesTest {

    static Stream<Arguments> headersWithSessionCookies() {
        return Stream.of(
                Arguments.of(List.of("s=1"), List.of("1"), List.of()),
                Arguments.of(List.of("s="), List.of(""), List.of()),
                Arguments.of(List.of("s=\"1\""), List.of("1"), List.of()),
                Arguments.of(List.of("s=\""), List.of("\""), List.of()),
                Arguments.of(List.of("s=a=b"), List.of("a=b"), List.of()),
                Arguments.of(List.of(" s = 1 ; "), List.of("1"), List.of()),
                Arguments.of(List.of("s=1; a=2"), List.of("1"), List.of("a=2")),
                Arguments.of(List.of("a=2; s=1"), List.of("1"), List.of("a=2")),
                Arguments.of(List.of("a=2; s=1;"), List.of("1"), List.of("a=2;")),
                Arguments.of(List.of("a=2; s=1; b=3"), List.of("1"), List.of("a=2; b=3")),
                Arguments.of(List.of("a=2;s=1;  b=3"), List.of("1"), List.of("a=2;  b=3")),
                Arguments.of(List.of("s=1; s=2; a=3; s=3"), List.of("1", "2", "3"), List.of("a=3")),
                Arguments.of(List.of("s=1", "a=2", "s=3"), List.of("1", "3"), List.of("a=2")),
                Arguments.of(List.of("xs=1; sx=2; s=3; S=4"), List.of("3"), List.of("xs=1; sx=2; S=4")),
                Arguments.of(List.of("a=\"x; y\"; s=1"), List.of("1"), List.of("a=\"x; y\"")),
                Arguments.of(List.of("a=\"x; s=0\"; s=1"), List.of("1"), List.of("a=\"x; s=0\"")),
                Arguments.of(List.of("a=\"\\\"; s=0\"; s=1"), List.of("1"), List.of("a=\"\\\"; s=0\"")),
                Arguments.of(List.of("a=\"x; s=1"), List.of("1"), List.of("a=\"x")),
                Arguments.of(List.of("a=\"x\"y; s=1; b=\""), List.of("1"), List.of("a=\"x\"y; b=\"")),
                Arguments.of(List.of("a={\"k\":\"v\"}; s=1"), List.of("1"), List.of("a={\"k\":\"v\"}")),
                Arguments.of(List.of("s; =; ;; s=1"), List.of("1"), List.of("s; =; ;")),
                Arguments.of(
                        List.of("a=\u00e9\u0080\u00ff; s=\u00e9"), List.of("\u00e9"), List.of("a=\u00e9\u0080\u00ff")));
    }

    @ParameterizedTest
    @MethodSource("headersWithSessionCookies")
    void sessionCookiesArePartedFromTheRest(List<String> headers, List<String> tokens, List<String> rest) {
        assertThat(SessionCookies.part(headers, "s")).isEqualTo(new SessionCookies(List.of("s"), tokens, rest));
    }

    @ParameterizedTest
    @MethodSource("headersWithout")
    void headersWithoutOneAreLeftAlone(String header) {
        assertThat(SessionCookies.part(List.of(header), "s")).isNull();
        SessionCookies beside = SessionCookies.part(List.of(header, "s=1"), "s");
        assertThat(beside).isNotNull();
        assertThat(beside.rest()).singleElement().isSameAs(header);
    }

    static Stream<String> headersWithout() {
        return Stream.of(
                "", ";", "a=1", "s", "s;", "S=1", "xs=1", "ss=1", "a=s", "a=\"s=1\"", "a=\"; s=1\"", "  a = s=1 ;;");
    }

    @Test
    void whateverStandsAroundItStaysAsItIs() {
        SplittableRandom random = new SplittableRandom(7);
        String alphabet = "ab=;\" \t\\{}\u00ff,:";
        for (int round = 0; round < 20_000; round++) {
            List<String> others = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                StringBuilder value = new StringBuilder("a=x");
                for (int length = random.nextInt(8); length > 0; length--) {
                    char c = alphabet.charAt(random.nextInt(alphabet.length()));
                    value.append(c == ';' ? '.' : c);
                }
                others.add(value.toString());
            }
            List<String> all = new ArrayList<>(others);
            all.add(random.nextInt(all.size() + 1), "s=token");

            SessionCookies parted = SessionCookies.part(List.of(String.join("; ", all)), "s");

            assertThat(parted)
                    .isEqualTo(new SessionCookies(List.of("s"), List.of("token"), List.of(String.join("; ", others))));
        }
    }
}
