package io.mooring.filters;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.CookieAction;
import io.mooring.balancer.session.CookieAttributes;
import io.mooring.balancer.session.CookieAttributes.Lifetime;
import io.mooring.balancer.session.CookieAttributes.SameSite;
import io.mooring.balancer.session.CookieAttributes.Secure;
import io.mooring.balancer.session.Decision;
import io.mooring.balancer.session.Outcome;
import io.mooring.filters.support.SettableClock;
import io.mooring.filters.support.TestBackend;
import io.mooring.filters.support.TestClient;
import io.mooring.filters.support.TestClient.Response;
import io.mooring.filters.support.TestGateway;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/** What happens to cookies, the session's and the application's, between real sockets. */
class CookieOnTheWireTest {

    private static final String COOKIE = "shop-session";
    private static final Duration ABSOLUTE = Duration.ofHours(12);

    private static final SettableClock clock = new SettableClock();
    private static TestBackend one;
    private static TestBackend two;
    private static TestBackend talkative;
    private static TestGateway gateway;
    private TestClient client;

    @BeforeAll
    static void start() {
        one = TestBackend.answering("one");
        two = TestBackend.answering("two");
        talkative = TestBackend.of(
                "talkative",
                (request, response) -> response.addHeader("Set-Cookie", "a=1; Path=/x")
                        .addHeader("Set-Cookie", COOKIE + "=mine; Path=/")
                        .addHeader("Set-Cookie", "B=\"2\"; expires=Thu, 01 Jan 1970 00:00:00 GMT")
                        .addHeader("Cache-Control", "public, s-maxage=600, max-age=60")
                        .sendString(Mono.just("talkative")));
        CookieAttributes permanent = new CookieAttributes(
                "long", "gateway.test", "/permanent", SameSite.STRICT, Secure.TRUE, false, true, Lifetime.PERMANENT);
        gateway = TestGateway.builder()
                .clock(clock)
                .upstream("shop", TestGateway.sticky(COOKIE), one.backend(), two.backend())
                .upstream("other", TestGateway.sticky(COOKIE), one.backend(), two.backend())
                .route("own", "shop", TestGateway.sticky("own-session"))
                .upstream("talkative", TestGateway.sticky(COOKIE), talkative.backend())
                .upstream("permanent", TestGateway.sticky(permanent, false, ABSOLUTE), one.backend())
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        one.close();
        two.close();
        talkative.close();
    }

    @BeforeEach
    void connect() throws IOException {
        client = gateway.client();
        one.drain();
        two.drain();
        gateway.ended().clear();
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
    }

    static Stream<Arguments> cookieHeaders() {
        return Stream.of(
                Arguments.of(List.of("{s}"), List.of()),
                Arguments.of(List.of("a=1; {s}; b=2"), List.of("a=1; b=2")),
                Arguments.of(List.of("{s}; a=1"), List.of("a=1")),
                Arguments.of(List.of("a=1", "{s}", "b=2"), List.of("a=1", "b=2")),
                Arguments.of(List.of("{s}", "{s}; a=1"), List.of("a=1")),
                Arguments.of(List.of("b=\"x; y\";{s};a={\"k\": [1,2]}"), List.of("b=\"x; y\";a={\"k\": [1,2]}")),
                Arguments.of(List.of("a=\u0080\u00ff\u00e9; {s};  z= ;;q"), List.of("a=\u0080\u00ff\u00e9;  z= ;;q")),
                Arguments.of(List.of("a=1;;  b==2 ;c", "{s}"), List.of("a=1;;  b==2 ;c")));
    }

    @ParameterizedTest
    @MethodSource("cookieHeaders")
    void sessionCookieIsStrippedAndTheApplicationsPassByteForByte(List<String> sent, List<String> arriving)
            throws Exception {
        Response first = client.get("/shop");
        String session = first.cookie(COOKIE).orElseThrow();
        gateway.lastDecision();
        TestBackend bound = first.backend().equals("one") ? one : two;
        bound.drain();

        Response second = client.get(
                "/shop",
                sent.stream()
                        .map(header -> "Cookie: " + header.replace("{s}", session))
                        .toArray(String[]::new));

        assertThat(second.backend()).isEqualTo(first.backend());
        assertThat(gateway.lastDecision().outcome()).isEqualTo(Outcome.KEPT);
        assertThat(bound.drain())
                .singleElement()
                .satisfies(seen -> assertThat(seen.all("Cookie")).isEqualTo(arriving));
    }

    @Test
    void cookiesPassUntouchedWhereThereIsNoSessionCookie() throws Exception {
        String odd = " a=1;;  b=\"\u00ff; \t=;shop-session;xshop-session=1";

        Response response = client.get("/shop", "Cookie:" + odd);

        TestBackend chosen = response.backend().equals("one") ? one : two;
        assertThat(chosen.drain())
                .singleElement()
                .satisfies(seen -> assertThat(seen.all("Cookie")).containsExactly(odd.strip()));
        assertThat(gateway.lastDecision().outcome()).isEqualTo(Outcome.NEW);
    }

    @Test
    void backendsOwnCookiesPassUntouchedButNotOneOfOurName() throws Exception {
        Response first = client.get("/talkative");

        assertThat(first.all("Set-Cookie"))
                .hasSize(3)
                .startsWith("a=1; Path=/x", "B=\"2\"; expires=Thu, 01 Jan 1970 00:00:00 GMT")
                .last()
                .asString()
                .matches(COOKIE + "=[\\w-]{60}; Path=/; HttpOnly; SameSite=Lax");
        assertThat(first.all("Cache-Control")).containsExactly("max-age=60, private");

        Response second =
                client.get("/talkative", "Cookie: " + first.cookie(COOKIE).orElseThrow());

        assertThat(second.all("Set-Cookie"))
                .containsExactly("a=1; Path=/x", "B=\"2\"; expires=Thu, 01 Jan 1970 00:00:00 GMT");
        assertThat(second.all("Cache-Control"))
                .as("nothing of the session is in it")
                .containsExactly("public, s-maxage=600, max-age=60");
    }

    @Test
    void cookieIsSetWhenNewAndRefreshedOnceASecond() throws Exception {
        Response first = client.get("/shop");
        assertThat(first.all("Set-Cookie")).hasSize(1);
        assertThat(first.all("Cache-Control")).containsExactly("private");
        String session = first.cookie(COOKIE).orElseThrow();

        clock.advance(Duration.ofMillis(999));
        assertThat(client.get("/shop", "Cookie: " + session).all("Set-Cookie")).isEmpty();
        clock.advance(Duration.ofMillis(1));
        Response refreshed = client.get("/shop", "Cookie: " + session);
        assertThat(refreshed.cookie(COOKIE)).isPresent().isNotEqualTo(Optional.of(session));
        assertThat(refreshed.backend()).isEqualTo(first.backend());
        String next = refreshed.cookie(COOKIE).orElseThrow();
        assertThat(client.get("/shop", "Cookie: " + next).all("Set-Cookie")).isEmpty();
    }

    @Test
    void permanentCookieIsKeptForWhatRemainsOfTheAbsoluteTimeout() throws Exception {
        Response first = client.get("/permanent");
        assertThat(first.first("Set-Cookie").orElseThrow())
                .endsWith(
                        "; Path=/permanent; Domain=gateway.test; Secure; SameSite=Strict; Partitioned; Max-Age=43200");

        clock.advance(Duration.ofMinutes(10));
        Response second =
                client.get("/permanent", "Cookie: " + first.cookie("long").orElseThrow());
        assertThat(second.first("Set-Cookie").orElseThrow()).endsWith("; Max-Age=42600");
    }

    @Test
    void routeWithAPolicyOfItsOwnSharesNoSessionWithItsUpstream() throws Exception {
        String ofUpstream = client.get("/shop").cookie(COOKIE).orElseThrow();
        gateway.lastDecision();
        String renamed = ofUpstream.replace(COOKIE, "own-session");

        Response own = client.get("/own", "Cookie: " + renamed, "Cookie: " + ofUpstream);

        assertThat(own.cookie("own-session")).isPresent();
        Decision decision = gateway.lastDecision();
        assertThat(decision.outcome()).isEqualTo(Outcome.INVALID);
        assertThat(decision.scope().id().toString()).isEqualTo("route/own");
        TestBackend chosen = own.backend().equals("one") ? one : two;
        assertThat(chosen.drain())
                .last()
                .satisfies(seen -> assertThat(seen.all("Cookie"))
                        .as("the cookie of another scope is not this one's business")
                        .containsExactly(ofUpstream));
    }

    @Test
    void whatWasDoneToTheCookieCanBeTold() throws Exception {
        client.get("/shop");
        assertThat(ExchangeDecision.cookieActionOf(gateway.nextEnded())).isEqualTo(CookieAction.INSERTED);
    }

    /** By what is wrong with them. */
    private static Map<String, String> forgeries(String token, String foreign) {
        Map<String, String> all = new LinkedHashMap<>();
        byte[] bytes = Base64.getUrlDecoder().decode(token);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] forged = bytes.clone();
            forged[bit / 8] ^= (byte) (1 << (bit % 8));
            all.put("bit " + bit, Base64.getUrlEncoder().encodeToString(forged));
        }
        for (int length = 0; length < token.length(); length++) {
            all.put("first " + length, token.substring(0, length));
        }
        all.put("longer", token + "A");
        all.put("of another scope", foreign);
        all.put("not Base64", "%".repeat(60));
        all.put("invalid bytes", "\u00ff".repeat(60));
        all.put("8 KB", "A".repeat(8_192));
        all.put("100 of them", (foreign + "; " + COOKIE + "=").repeat(99) + foreign);
        return all;
    }

    /** In one test, since a test for each bit would say no more. */
    @Test
    void forgedCookieIsInvalidAndNeverAnError() throws Exception {
        String token = value(client.get("/shop").cookie(COOKIE).orElseThrow());
        gateway.lastDecision();
        String foreign = value(client.get("/other").cookie(COOKIE).orElseThrow());
        gateway.lastDecision();
        Map<String, String> forgeries = forgeries(token, foreign);
        assertThat(forgeries).hasSizeGreaterThan(360 + 60);
        for (Map.Entry<String, String> forgery : forgeries.entrySet()) {
            String name = forgery.getKey();
            Response response = client.get("/shop", "Cookie: a=\"1\"; " + COOKIE + "=" + forgery.getValue() + ";b=2");

            assertThat(response.status()).as(name).isEqualTo(200);
            assertThat(response.cookie(COOKIE)).as(name).isPresent();
            TestBackend chosen = response.backend().equals("one") ? one : two;
            assertThat(chosen.drain())
                    .last()
                    .satisfies(seen -> assertThat(seen.all("Cookie")).as(name).containsExactly("a=\"1\";b=2"));
            assertThat(gateway.lastDecision().outcome()).as(name).isEqualTo(Outcome.INVALID);
        }
    }

    @Test
    void firstValidOfManyCounts() throws Exception {
        Response first = client.get("/shop");
        String session = first.cookie(COOKIE).orElseThrow();
        gateway.lastDecision();

        Response second = client.get("/shop", "Cookie: " + (COOKIE + "=forged; ").repeat(99) + session);

        assertThat(second.backend()).isEqualTo(first.backend());
        assertThat(gateway.lastDecision().outcome()).isEqualTo(Outcome.KEPT);
    }

    @Test
    void anotherGatewayWithTheSameKeyHonoursTheCookieAndOneWithAnotherKeyDoesNot() throws Exception {
        Response first = client.get("/shop");
        String session = first.cookie(COOKIE).orElseThrow();
        try (TestGateway same = sibling("k1");
                TestGateway stranger = sibling("k2");
                TestClient atSame = same.client();
                TestClient atStranger = stranger.client()) {
            for (int i = 0; i < 5; i++) {
                assertThat(atSame.get("/shop", "Cookie: " + session).backend()).isEqualTo(first.backend());
                assertThat(same.lastDecision().outcome()).isEqualTo(Outcome.KEPT);
            }
            atStranger.get("/shop", "Cookie: " + session);
            assertThat(stranger.lastDecision().outcome()).isEqualTo(Outcome.INVALID);

            clock.advance(Duration.ofSeconds(1));
            String refreshed =
                    atSame.get("/shop", "Cookie: " + session).cookie(COOKIE).orElseThrow();
            gateway.ended().clear();
            assertThat(client.get("/shop", "Cookie: " + refreshed).backend()).isEqualTo(first.backend());
            assertThat(gateway.lastDecision().outcome()).isEqualTo(Outcome.KEPT);
        }
    }

    @Test
    void cookieOfTheFarFutureIsInvalid() throws Exception {
        SettableClock ahead = new SettableClock();
        ahead.advance(Duration.ofNanos(clock.nanos()).plusHours(25));
        try (TestGateway early = TestGateway.builder()
                        .clock(ahead)
                        .upstream("shop", TestGateway.sticky(COOKIE), one.backend(), two.backend())
                        .start();
                TestClient atEarly = early.client()) {
            String session = atEarly.get("/shop").cookie(COOKIE).orElseThrow();

            assertThat(client.get("/shop", "Cookie: " + session).status()).isEqualTo(200);
            assertThat(gateway.lastDecision().outcome()).isEqualTo(Outcome.INVALID);
        }
    }

    private static TestGateway sibling(String key) {
        return TestGateway.builder()
                .clock(clock)
                .key(TestGateway.signingKey(key))
                .upstream("shop", TestGateway.sticky(COOKIE), one.backend(), two.backend())
                .start();
    }

    private static String value(String cookie) {
        return cookie.substring(COOKIE.length() + 1);
    }
}
