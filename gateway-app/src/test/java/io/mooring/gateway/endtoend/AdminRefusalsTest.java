package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mooring.gateway.reload.ChangesFile;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Calls that are not as they should be: the right status, a problem document, and nothing is changed. */
class AdminRefusalsTest {

    private static final String SHOP = "/upstreams/shop";
    private static final String SHOP_1 = SHOP + "/backends/shop-1";
    private static final String NEW = SHOP + "/backends/new";
    private static final String REVOKE = "/scopes/upstream/shop/revocations";
    private static final String EXPLAIN = "/scopes/upstream/shop/explain";

    @TempDir
    static Path directory;

    /** How time passes for the gateway that has users. */
    private static final AtomicLong NANOS = new AtomicLong();

    private static HttpBackends shop;
    private static Gateway open;
    private static Gateway guarded;
    private static List<String> before;

    @BeforeAll
    static void start() {
        shop = HttpBackends.start("shop", 2);
        open = Gateway.start(directory, yaml(), "--mooring.data-dir=" + directory.resolve("open"));
        guarded = Gateway.start(
                NANOS::get,
                directory,
                yaml() + user("reader", "read") + user("changer", "change"),
                "--mooring.data-dir=" + directory.resolve("guarded"),
                "--management.endpoints.web.exposure.include=health,prometheus,loggers",
                "--management.endpoint.loggers.access=unrestricted");
        before = List.of(state(open), state(guarded));
    }

    @AfterAll
    static void stop() {
        open.close();
        guarded.close();
        shop.close();
    }

    @AfterEach
    void nothingHasChanged() {
        assertThat(List.of(state(open), state(guarded))).isEqualTo(before);
        assertThat(directory.resolve("open").resolve(ChangesFile.NAME)).doesNotExist();
        assertThat(directory.resolve("guarded").resolve(ChangesFile.NAME)).doesNotExist();
    }

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @MethodSource({"changes", "reads"})
    void isRefused(String method, String path, String body, String header, int status, String says) {
        String[] headers = header.isEmpty() ? new String[0] : header.split(": ", 2);

        HttpResponse<String> response = new AdminClient(open.managementPort()).send(method, path, body, headers);

        assertIsProblem(response, status);
        assertThat(response.body()).contains(says);
    }

    static Stream<Arguments> changes() {
        String seen = "If-Match: *";
        String fresh = "If-None-Match: *";
        String script = "/upstreams/%3Cscript%3Ealert(1)%3C%2Fscript%3E";
        return Stream.of(
                arguments("PATCH", SHOP_1, "{\"weight\": 1}", "", 428, "If-Match"),
                arguments("PATCH", SHOP_1, "{\"weight\": 1}", "If-Match: \"stale\"", 412, "read it again"),
                arguments("PATCH", SHOP, "{\"balancing\": \"ip-hash\"}", "", 428, "If-Match"),
                arguments("PATCH", SHOP, "{\"balancing\": \"ip-hash\"}", "If-Match: W/\"stale\"", 412, "read"),
                arguments("PATCH", "/routes/shop", "{\"balancing\": \"ip-hash\"}", "", 428, "If-Match"),
                arguments("PATCH", "/listeners/echo", "{\"balancing\": \"ip-hash\"}", "", 428, "If-Match"),
                arguments("PUT", NEW, "{\"address\": \"127.0.0.1:1\"}", "", 428, "If-None-Match"),
                arguments("PUT", SHOP_1, "{\"address\": \"127.0.0.1:1\"}", fresh, 412, "already"),
                arguments("DELETE", SHOP_1, "", "", 428, "If-Match"),
                arguments("DELETE", SHOP_1, "", "If-Match: \"stale\"", 412, "read"),
                arguments("DELETE", "/changes", "", "", 428, "If-Match"),
                arguments("DELETE", "/changes", "", "If-Match: \"stale\"", 412, "read"),
                arguments("DELETE", "/changes" + SHOP_1, "", seen, 404, "no run-time change"),
                arguments("PATCH", SHOP_1, "{\"weight\"", seen, 400, "no JSON"),
                arguments("PATCH", SHOP_1, "[1]", seen, 400, "no JSON object"),
                arguments("PATCH", SHOP_1, "{\"weight\": 1, \"weight\": 2}", seen, 400, "no JSON"),
                arguments("PATCH", SHOP_1, "{\"weight\": 1} x", seen, 400, "no JSON"),
                arguments("PATCH", SHOP_1, "{\"weight\": \"1\"}", seen, 400, "(expected: a whole number)"),
                arguments("PATCH", SHOP_1, "{\"weight\": 1.5}", seen, 400, "(expected: a whole number)"),
                arguments("PATCH", SHOP_1, "{\"weight\": -1}", seen, 422, "-1 (expected: 0-100)"),
                arguments("PATCH", SHOP_1, "{\"weight\": 99999999999999999999}", seen, 422, "(expected: 0-100)"),
                arguments("PATCH", SHOP_1, "{\"state\": \"dead\"}", seen, 422, "(expected: ready, draining or"),
                arguments("PATCH", SHOP_1, "{\"address\": \"127.0.0.1:1\"}", seen, 400, "address: unknown field"),
                arguments("PATCH", SHOP, "{\"persistence\": 1}", seen, 400, "(expected: an object)"),
                arguments("PATCH", SHOP, "{\"persistence\": {\"strict\": \"yes\"}}", seen, 400, "true or false"),
                arguments("PATCH", SHOP, "{\"persistence\": {\"idle-timeout\": 60}}", seen, 400, "a string"),
                arguments("PATCH", SHOP, "{\"persistence\": {\"idle-timeout\": \"29s\"}}", seen, 422, "30s-3600s"),
                arguments("PATCH", SHOP, "{\"persistence\": {\"idle-timeout\": \"3601s\"}}", seen, 422, "30s-3600s"),
                arguments("PATCH", SHOP, "{\"persistence\": {\"kind\": \"cookie\"}}", seen, 400, "unknown field"),
                arguments(
                        "PATCH",
                        "/listeners/echo",
                        "{\"persistence\": {\"type\": \"cookie\"}}",
                        seen,
                        422,
                        "source-ip"),
                arguments("PATCH", "/listeners/none", "{\"balancing\": \"ip-hash\"}", seen, 404, "no listener"),
                arguments("PATCH", "/routes/none", "{\"balancing\": \"ip-hash\"}", seen, 404, "no route"),
                arguments("PATCH", "/upstreams/none", "{\"balancing\": \"ip-hash\"}", seen, 404, "no upstream"),
                arguments("PATCH", SHOP + "/backends/none", "{\"weight\": 1}", seen, 404, "no backend"),
                arguments("PATCH", script, "{\"balancing\": \"ip-hash\"}", seen, 404, "no upstream"),
                arguments(
                        "PUT",
                        "/upstreams/none/backends/a",
                        "{\"address\": \"127.0.0.1:1\"}",
                        fresh,
                        404,
                        "no upstream"),
                arguments("PUT", NEW, "{}", fresh, 422, "address:  (expected: host:port"),
                arguments("PUT", NEW, "{\"address\": \"http://a:1\"}", fresh, 422, "(expected: host:port"),
                arguments(
                        "PUT",
                        SHOP + "/backends/%3Cscript%3E",
                        "{\"address\": \"127.0.0.1:1\"}",
                        fresh,
                        422,
                        "(expected: letters"),
                arguments(
                        "PUT",
                        SHOP + "/backends/a%0Ab",
                        "{\"address\": \"127.0.0.1:1\"}",
                        fresh,
                        422,
                        "(expected: letters"),
                arguments("PATCH", SHOP_1, "{\"weight\": " + " ".repeat(20_000) + "1}", seen, 413, "bytes"),
                arguments("PATCH", SHOP_1, "{\"weight\": 1}", "Content-Type: text/plain", 415, "application/json"),
                arguments("PUT", NEW, "{}", "Content-Type: application/merge-patch+json", 415, "application/json"),
                arguments("PATCH", SHOP_1, "{\"weight\": 1}", "Accept: text/html", 406, "application/json"),
                arguments("PATCH", SHOP_1, "{\"weight\": 1}", "Content-Type: nonsense", 400, "malformed"),
                arguments("PATCH", SHOP_1 + "?force=true", "{\"weight\": 1}", seen, 400, "force: unknown parameter"),
                arguments("POST", SHOP_1, "{\"weight\": 1}", seen, 405, "DELETE, GET, PATCH, PUT"),
                arguments("DELETE", SHOP, "", seen, 405, "GET, PATCH"),
                arguments("POST", REVOKE, "{}", "", 400, "one of client, backend"),
                arguments("POST", REVOKE, "{\"all\": true, \"client\": \"::1\"}", "", 400, "one of client, backend"),
                arguments("POST", REVOKE, "{\"all\": \"true\"}", "", 400, "true or false"),
                arguments("POST", REVOKE, "{\"client\": \"example.org\"}", "", 400, "(expected: an IP address)"),
                arguments("POST", REVOKE, "{\"backend\": \"none\"}", "", 404, "no backend"),
                arguments("POST", "/scopes/upstream/none/revocations", "{\"all\": true}", "", 404, "no scope"),
                arguments("POST", "/scopes/upstream/echo/revocations", "{\"all\": true}", "", 409, "no sessions"),
                arguments("PATCH", SHOP_1, "{\"weight\": 1}", "Origin: http://evil.example", 403, "origin"),
                arguments("PATCH", SHOP_1, "{\"weight\": 1}", "Origin: null", 403, "origin"),
                arguments("PATCH", SHOP_1, "{\"weight\": 1}", "Sec-Fetch-Site: cross-site", 403, "site"),
                arguments("POST", REVOKE, "{\"all\": true}", "Sec-Fetch-Site: same-site", 403, "site"));
    }

    static Stream<Arguments> reads() {
        return Stream.of(
                arguments("GET", "", "", "", 404, "no such resource"),
                arguments("GET", "/nothing", "", "", 404, "no such resource"),
                arguments("GET", "/upstreams/none", "", "", 404, "no upstream"),
                arguments("GET", "/routes/none", "", "", 404, "no route"),
                arguments("GET", "/listeners/none", "", "", 404, "no listener"),
                arguments("GET", "/scopes/planet/shop", "", "", 404, "no scope"),
                arguments("GET", "/sessions", "", "", 400, "client: missing"),
                arguments("GET", "/sessions?client=localhost", "", "", 400, "(expected: an IP address)"),
                arguments("GET", "/sessions?client=::1&client=::1", "", "", 400, "more than once"),
                arguments("GET", "/scopes/listener/echo/sessions?limit=0", "", "", 400, "1-1000"),
                arguments("GET", "/scopes/listener/echo/sessions?limit=x", "", "", 400, "1-1000"),
                arguments("GET", "/scopes/listener/echo/sessions?place=-7", "", "", 400, "what the page before says"),
                arguments(
                        "GET",
                        "/scopes/listener/echo/sessions?place=2147483648",
                        "",
                        "",
                        400,
                        "what the page before says"),
                arguments("GET", "/scopes/listener/echo/sessions?place=999999999999999999", "", "", 400, "place: 9"),
                arguments("GET", "/scopes/upstream/shop/sessions", "", "", 409, "remembers no sessions"),
                arguments("GET", SHOP, "", "Accept: application/xml", 406, "application/json"),
                arguments("OPTIONS", SHOP, "", "", 405, "GET, PATCH"),
                arguments("POST", EXPLAIN, "{\"client\": 1}", "", 400, "a string"),
                arguments("POST", EXPLAIN, "{\"port\": 70000}", "", 400, "1-65535"),
                arguments("POST", EXPLAIN, "{\"cookie\": \"" + "x".repeat(5_000) + "\"}", "", 400, "4096"),
                arguments("GET", SHOP, "", "Origin: https://evil.example", 403, "origin"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:9900",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "10.0.0.1"
            })
    void aNameThatIsNotThisMachinesIsRefused(String host) throws Exception {
        try (HttpConnection connection = new HttpConnection(open.managementPort())) {
            HttpConnection.Response response = connection.getFrom(host, "/admin/v1/upstreams");

            assertThat(response.status()).isEqualTo(403);
            assertThat(response.header("content-type")).contains("application/problem+json");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator", "/actuator/prometheus", "/actuator/health", "/actuator/health/none", "/"})
    void whatIsBesideTheApiIsKeptFromWebPagesAsWell(String path) throws Exception {
        try (HttpConnection connection = new HttpConnection(open.managementPort())) {
            assertThat(connection.getFrom("evil.example:9900", path).status()).isEqualTo(403);
            assertThat(connection.get(path, "Origin: http://evil.example").status())
                    .isEqualTo(403);
            assertThat(connection.get(path, "Sec-Fetch-Site: cross-site").status())
                    .isEqualTo(403);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET /actuator/prometheus HTTP/1.0, 200",
        "HEAD /actuator/health HTTP/1.0, 200",
        "GET /actuator/health/liveness HTTP/1.0, 200",
        "GET http://evil.example/actuator/health HTTP/1.0, 200",
        "GET /admin/v1/upstreams HTTP/1.0, 403",
        "DELETE /admin/v1/changes HTTP/1.0, 403",
        "POST /actuator/loggers/org.example HTTP/1.0, 403",
        "GET /actuator/prometheus HTTP/1.1, 200",
        "GET /admin/v1/upstreams HTTP/1.1, 403"
    })
    void withoutAHostOnlyAReadBesideTheApiIsAnswered(String call, int status) throws Exception {
        try (HttpConnection connection = new HttpConnection(open.managementPort())) {
            HttpConnection.Response response = connection.exchange(call);

            assertThat(response.status()).isEqualTo(status);
            if (status == 403) {
                assertThat(response.header("content-type")).contains("application/problem+json");
                assertThat(response.body()).contains("no Host header");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://evil.example",
                "Origin: null",
                "Sec-Fetch-Site: cross-site",
                "Host:",
                "Host: evil.example"
            })
    void aWebPageGetsNoFurtherByOlderHttp(String header) throws Exception {
        try (HttpConnection connection = new HttpConnection(open.managementPort())) {
            assertThat(connection
                            .exchange("GET /actuator/prometheus HTTP/1.0", header)
                            .status())
                    .isEqualTo(403);
        }
    }

    /** Neither the API nor what guards it is on the port that the world reaches. */
    @Test
    void thePortOfTheTrafficHasNothingOfIt() throws Exception {
        for (Gateway gateway : List.of(open, guarded)) {
            try (HttpConnection connection = new HttpConnection(gateway.port())) {
                for (String path : List.of("/", "/admin/v1/upstreams", "/admin/v1/openapi.yaml", "/actuator/health")) {
                    HttpConnection.Response response = connection.getFrom("shop.example", path);
                    assertThat(response.status()).isEqualTo(200);
                    assertThat(response.body()).startsWith("shop-");
                }
            }
        }
    }

    @Test
    void aScraperOnThisMachineAndTheProbesOfAnOrchestratorAreAnswered() throws Exception {
        try (HttpConnection connection = new HttpConnection(open.managementPort())) {
            for (String host : List.of("127.0.0.1:" + open.managementPort(), "localhost:9900", "[::1]:9900")) {
                assertThat(connection.getFrom(host, "/actuator/prometheus").status())
                        .isEqualTo(200);
            }
            for (String probe : List.of("/actuator/health/liveness", "/actuator/health/readiness")) {
                assertThat(connection.getFrom("gateway.example:9900", probe).status())
                        .isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:80", "127.0.0.1:9900", "[::1]", "[::1]:1"})
    void aNameOfThisMachineIsTaken(String host) throws Exception {
        try (HttpConnection connection = new HttpConnection(open.managementPort())) {
            assertThat(connection.getFrom(host, "/admin/v1/upstreams").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /admin/v1/upstreams",
                "GET /admin/v1/openapi.yaml",
                "GET /admin/v1/nothing",
                "GET /actuator/health",
                "GET /actuator/prometheus",
                "PATCH /admin/v1/upstreams/shop",
                "DELETE /admin/v1/changes",
                "POST /admin/v1/scopes/upstream/shop/revocations",
                "POST /admin/v1/scopes/upstream/shop/explain"
            })
    void withoutAUserNothingIsToldOrChanged(String call) throws Exception {
        String[] words = call.split(" ", -1);
        List<String> wrong = List.of(
                "",
                basic("changer", "wrong"),
                basic("nobody", "changer"),
                basic("changer", ""),
                "Basic !!!",
                "Bearer x");
        for (String authorization : wrong) {
            HttpResponse<String> response = ManagementCalls.send(
                    guarded.managementPort(), words[0], words[1], "{\"all\": true}", authorization);

            assertIsProblem(response, 401);
            // Several wrong passwords are followed by pauses, and at last forgotten.
            NANOS.addAndGet(TimeUnit.MINUTES.toNanos(10));
            assertThat(response.headers().firstValue("www-authenticate"))
                    .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Basic realm="));
        }
    }

    @Test
    void whoMayReadMayChangeNothing() throws Exception {
        String reader = basic("reader", "reader");
        for (String change :
                List.of("PATCH " + SHOP, "PUT " + NEW, "DELETE " + SHOP_1, "DELETE /changes", "POST " + REVOKE)) {
            String[] words = change.split(" ", -1);
            assertIsProblem(
                    ManagementCalls.send(
                            guarded.managementPort(), words[0], "/admin/v1" + words[1], "{\"all\": true}", reader),
                    403);
        }
        for (String read : List.of("GET /admin/v1/upstreams", "GET /actuator/health", "GET /actuator/prometheus")) {
            String[] words = read.split(" ", -1);
            assertThat(ManagementCalls.send(guarded.managementPort(), words[0], words[1], "", reader)
                            .statusCode())
                    .isEqualTo(200);
        }
        String logger = "/actuator/loggers/org.example";
        String level = "{\"configuredLevel\": \"INFO\"}";
        assertIsProblem(ManagementCalls.send(guarded.managementPort(), "POST", logger, level, reader), 403);
        assertThat(ManagementCalls.send(guarded.managementPort(), "POST", logger, level, basic("changer", "changer"))
                        .statusCode())
                .isEqualTo(204);
        assertThat(ManagementCalls.send(guarded.managementPort(), "POST", "/admin/v1" + EXPLAIN, "{}", reader)
                        .statusCode())
                .isEqualTo(200);
        assertIsProblem(
                ManagementCalls.send(
                        guarded.managementPort(), "PATCH", "/admin/v1" + SHOP, "{}", basic("changer", "changer")),
                428);
    }

    @Test
    void theProbesOfAnOrchestratorNeedNoUser() throws Exception {
        for (String probe : List.of("/actuator/health/liveness", "/actuator/health/readiness")) {
            assertThat(ManagementCalls.send(guarded.managementPort(), "GET", probe, "", "")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    private static void assertIsProblem(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(response.headers().firstValue("x-content-type-options")).contains("nosniff");
        JsonNode problem = AdminClient.body(response);
        assertThat(problem.at("/status").asInt()).isEqualTo(status);
        assertThat(problem.at("/title").asString()).isNotEmpty();
        assertThat(problem.at("/detail").asString()).isNotEmpty();
    }

    private static String state(Gateway gateway) {
        return gateway.fleet().topology() + " "
                + gateway.fleet().upstreamScope("shop").orElseThrow().revocations() + " "
                + gateway.fleet().upstream("shop").orElseThrow().snapshot().members();
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static String user(String name, String role) {
        return "mooring.admin.users.%s: { password: \"{bcrypt}%s\", role: %s }\n"
                .formatted(name, ManagementCalls.hash(name), role);
    }

    private static String yaml() {
        return """
                mooring:
                  upstreams:
                    shop: { persistence: { type: cookie }, backends: %1$s }
                    echo: { backends: %1$s }
                  listeners:
                    echo: { protocol: tcp, address: 127.0.0.1, port: 0, upstream: echo, persistence: { type: source-ip } }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }
                """.formatted(shop.yaml());
    }
}
