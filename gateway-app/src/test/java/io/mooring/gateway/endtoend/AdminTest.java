package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.upstream.Backend;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.gateway.reload.ChangesFile;
import io.mooring.gateway.revocation.RevocationKeeper;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.system.CapturedOutput;
import tools.jackson.databind.JsonNode;

/** Looking at a gateway, and changing it, through the management port. */
class AdminTest extends AdminFixture {

    @Test
    void everythingCanBeReadOfAGatewayThatServes() throws Exception {
        visit();
        try (Socket open = new Socket(
                InetAddress.getLoopbackAddress(), gateway.listener("echo").getPort())) {
            talk(open);
            JsonNode listener = admin.get("/listeners/echo");
            assertThat(listener.at("/open").asInt()).isEqualTo(1);
            assertThat(listener.at("/persistence/idle-timeout").asString()).isEqualTo("40s");
            assertThat(listener.at("/scopes/0").asString()).isEqualTo("listener/echo");

            JsonNode session = admin.get("/sessions?client=127.0.0.1").at("/sessions/0");
            assertThat(session.at("/scope").asString()).isEqualTo("listener/echo");
            assertThat(session.at("/backend").asString()).startsWith("echo-");
            assertThat(session.at("/open").asInt()).isEqualTo(1);
            assertThat(admin.get("/scopes/listener/echo/sessions?limit=1").at("/sessions/0/backend"))
                    .isEqualTo(session.at("/backend"));
            assertThat(admin.get("/upstreams/echo/backends").toString()).contains("\"sessions\":1");
        }
        JsonNode upstream = admin.get(SHOP);
        assertThat(upstream.at("/balancing").asString()).isEqualTo("weighted-round-robin");
        assertThat(upstream.at("/persistence/type").asString()).isEqualTo("cookie");
        assertThat(upstream.at("/backends").size()).isEqualTo(3);
        JsonNode backend = admin.get(SHOP_1);
        assertThat(backend).isEqualTo(upstream.at("/backends/0"));
        assertThat(backend.at("/now/state").asString()).isEqualTo("ready");
        assertThat(backend.at("/now/since").asString()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
        assertThat(backend.at("/address").asString())
                .isEqualTo("127.0.0.1:" + shop.ports().get(0));
        JsonNode route = admin.get("/routes/shop");
        assertThat(route.at("/upstream").asString()).isEqualTo("shop");
        assertThat(route.at("/own-policy").asBoolean()).isFalse();
        assertThat(admin.get("/scopes/upstream/shop").at("/outcomes/new").asInt())
                .isEqualTo(1);
        assertThat(admin.get("/scopes").at("/scopes").size()).isEqualTo(3);
        assertThat(admin.get("/routes").at("/routes").size()).isEqualTo(1);
    }

    @Test
    void aBackendIsWeightedAndDrainedAndNoSessionMoves() throws Exception {
        StickyVisitors visitors = StickyVisitors.start(gateway.port(), 6);
        List<List<String>> before = visitors.histories();

        assertThat(admin.patch(SHOP_1, "{\"weight\": 3, \"state\": \"draining\"}")
                        .statusCode())
                .isEqualTo(200);
        visitors.awaitVisits(10);
        JsonNode drained = admin.get(SHOP_1);
        assertThat(drained.at("/weight").asInt()).isEqualTo(3);
        assertThat(drained.at("/now/state").asString()).isEqualTo("draining");
        assertThat(drained.at("/changed").toString()).isEqualTo("[\"state\",\"weight\"]");
        assertThat(state("shop-1")).isEqualTo(BackendState.DRAINING);

        assertThat(admin.put(
                                SHOP + "/backends/shop-4",
                                "{\"address\": \"127.0.0.1:" + shop.ports().get(3) + "\"}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(admin.patch(SHOP_1, "{\"weight\": null, \"state\": null}").statusCode())
                .isEqualTo(200);
        assertThat(admin.patch(SHOP, "{\"persistence\": {\"idle-timeout\": \"45s\"}}")
                        .statusCode())
                .isEqualTo(200);
        visitors.awaitVisits(10);
        assertThat(state("shop-1")).isEqualTo(BackendState.READY);
        assertThat(admin.delete(SHOP + "/backends/shop-4").statusCode()).isEqualTo(204);
        visitors.awaitVisits(10);
        visitors.stop();

        assertThat(visitors.failures()).isEmpty();
        assertThat(visitors.histories()).isEqualTo(before);
        assertThat(scope().outcomes(Outcome.MOVED)).isZero();
        assertThat(scope().outcomes(Outcome.INVALID)).isZero();
    }

    @Test
    void aRemovedBackendIsNotThereUntilTheChangeIsDropped() {
        assertThat(admin.delete(SHOP_1).statusCode()).isEqualTo(204);

        assertThat(admin.send("GET", SHOP_1, "").statusCode()).isEqualTo(404);
        assertThat(admin.get(SHOP + "/backends").at("/backends").size()).isEqualTo(2);
        assertThat(admin.get("/changes").at("/changes/0/target").asString())
                .isEqualTo("upstreams/shop/backends/shop-1");
        String tag = admin.tag("/changes");
        assertThat(admin.send("DELETE", "/changes" + SHOP_1, "", "If-Match", tag)
                        .statusCode())
                .isEqualTo(204);
        assertThat(state("shop-1")).isEqualTo(BackendState.READY);
        assertThat(admin.send("DELETE", "/changes" + SHOP_1, "", "If-Match", tag)
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void aBackendThatIsLeavingIsInNoListAndKeepsNoOtherFromBeingInIt() {
        Upstream live = gateway.fleet().upstream("shop").orElseThrow();
        List<Backend> backends = gateway.fleet().topology().upstreams().stream()
                .filter(upstream -> upstream.name().equals("shop"))
                .findFirst()
                .orElseThrow()
                .backends();
        // Between two topologies: the upstream has it no more, and the fleet's topology still does.
        live.replaceBackends(backends.subList(1, 3));

        assertThat(admin.get(SHOP + "/backends").at("/backends").findValuesAsString("id"))
                .containsExactly("shop-2", "shop-3");
        assertThat(admin.get(SHOP).at("/backends").size()).isEqualTo(2);
        assertThat(admin.get("/upstreams").at("/upstreams").size()).isEqualTo(2);
        assertThat(admin.send("GET", SHOP_1, "").statusCode()).isEqualTo(404);
    }

    @Test
    void policiesOfRoutesAndListenersAreChanged() throws Exception {
        assertThat(admin.patch("/routes/shop", "{\"persistence\": {\"type\": \"none\"}}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(admin.get("/routes/shop").at("/scope").asString()).isEqualTo("route/shop");
        try (HttpConnection connection = new HttpConnection(gateway.port())) {
            assertThat(connection.get("/").header("set-cookie")).isEmpty();
        }
        assertThat(admin.patch("/listeners/echo", "{\"persistence\": {\"idle-timeout\": \"77s\"}}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(admin.get("/listeners/echo").at("/persistence/idle-timeout").asString())
                .isEqualTo("77s");
    }

    @Test
    void changesSurviveARestartAndAReloadOfTheFile() throws Exception {
        admin.patch(SHOP_1, "{\"state\": \"maintenance\"}");
        admin.put(
                SHOP + "/backends/shop-4",
                "{\"address\": \"127.0.0.1:" + shop.ports().get(3) + "\", \"weight\": 7}");
        admin.patch("/routes/shop", "{\"balancing\": \"ip-hash\", \"persistence\": {\"type\": \"source-ip\"}}");
        String kept = Files.readString(directory.resolve("data").resolve(ChangesFile.NAME));

        gateway.close();
        restart();
        assertThat(state("shop-1")).isEqualTo(BackendState.MAINTENANCE);
        assertThat(admin.get(SHOP + "/backends/shop-4").at("/weight").asInt()).isEqualTo(7);
        assertThat(admin.get("/routes/shop").at("/balancing").asString()).isEqualTo("ip-hash");

        assertThat(gateway.reload(yaml().replace("idle-timeout: 100s", "idle-timeout: 200s")))
                .isTrue();
        assertThat(state("shop-1")).isEqualTo(BackendState.MAINTENANCE);
        assertThat(admin.get(SHOP).at("/persistence/idle-timeout").asString()).isEqualTo("200s");
        assertThat(Files.readString(directory.resolve("data").resolve(ChangesFile.NAME)))
                .isEqualTo(kept)
                .contains("      shop-1:\n        state: maintenance\n");

        assertThat(admin.delete("/changes").statusCode()).isEqualTo(204);
        assertThat(state("shop-1")).isEqualTo(BackendState.READY);
        assertThat(admin.get("/changes").at("/changes").size()).isZero();
    }

    @Test
    void aChangeWhoseUpstreamIsGoneKeepsNothingFromStartingAndCountsAgainWhenItIsBack(CapturedOutput output) {
        admin.patch("/upstreams/echo/backends/echo-1", "{\"weight\": 0}");
        admin.patch(SHOP, "{\"balancing\": \"weighted-round-robin\"}");
        gateway.close();
        String without = """
                mooring.upstreams.other: { backends: %s }
                """.formatted(shop.yaml());
        gateway = Gateway.start(directory, without, "--mooring.reload.interval=0s");
        admin = new AdminClient(gateway.managementPort());

        assertThat(output).contains("run-time change of upstreams/shop is without effect");
        assertThat(admin.get("/changes").at("/changes").findValuesAsString("in-force"))
                .containsExactly("false", "false");
        assertThat(gateway.reload(yaml())).isTrue();
        assertThat(state("echo", "echo-1")).isEqualTo(BackendState.DRAINING);
    }

    @Test
    void changesThatCannotBeReadAreNotLostAndLetTheGatewayStart(CapturedOutput output) throws Exception {
        gateway.close();
        Path file = directory.resolve("data").resolve(ChangesFile.NAME);
        Files.writeString(file, "upstreams: { shop: { backends: { shop-1: { weight: many } } } }");
        restart();

        assertThat(output).contains("weight: many (expected: 0-100)");
        HttpResponse<String> refused = admin.patch(SHOP_1, "{\"weight\": 1}");
        assertThat(refused.statusCode()).isEqualTo(507);
        assertThat(refused.body()).contains("weight: many (expected: 0-100)");
        assertThat(admin.get("/changes").at("/unreadable").asString()).contains("weight: many");
        assertThat(gateway.reload(yaml())).isFalse();
        assertThat(Files.readString(file)).contains("weight: many");

        assertThat(admin.delete("/changes").statusCode()).isEqualTo(204);
        assertThat(admin.patch(SHOP_1, "{\"weight\": 1}").statusCode()).isEqualTo(200);
    }

    @Test
    void whatTheKilledLeftOfChangesAndRevocationsIsRemovedAtTheNextStart() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Path data = directory.resolve("data");
        List<Path> left = new ArrayList<>();
        for (String name : List.of(ChangesFile.NAME, RevocationKeeper.NAME)) {
            left.add(Files.createFile(data.resolve(name + "." + dead.pid() + ".draft")));
        }
        gateway.close();
        restart();

        assertThat(left).noneMatch(Files::exists);
    }

    @Test
    void whatAnOperatorWroteIntoTheChangesIsNotReplacedBeforeTheGatewayGoesByIt() throws Exception {
        assertThat(admin.patch(SHOP_1, "{\"weight\": 3}").statusCode()).isEqualTo(200);
        Path file = directory.resolve("data").resolve(ChangesFile.NAME);
        String written = Files.readString(file).replace("weight: 3", "weight: 4");
        Files.writeString(file, written);

        HttpResponse<String> refused = admin.patch(SHOP_1, "{\"weight\": 5}");
        assertThat(refused.statusCode()).isEqualTo(507);
        assertThat(refused.body()).contains("changes.yml: it was changed on disk: have it read again (SIGHUP)");
        assertThat(admin.delete("/changes").statusCode()).isEqualTo(507);
        assertThat(gateway.reload(yaml().replace("Path=/**", "Nowhere=/**"))).isFalse();
        assertThat(admin.patch(SHOP_1, "{\"weight\": 5}").statusCode())
                .as("after it was read with a file that was refused")
                .isEqualTo(507);
        assertThat(Files.readString(file)).isEqualTo(written);
        assertThat(admin.get(SHOP_1).at("/weight").asInt()).isEqualTo(3);

        assertThat(gateway.reload(yaml())).isTrue();
        assertThat(admin.get(SHOP_1).at("/weight").asInt()).isEqualTo(4);
        assertThat(admin.patch(SHOP_1, "{\"weight\": 5}").statusCode()).isEqualTo(200);
    }

    @Test
    void whoHasNoFileToReadAgainIsToldToRestart() throws Exception {
        gateway.close();
        gateway = Gateway.startWithoutFile(directory, "--mooring.upstreams.shop.backends.shop-1.address=127.0.0.1:9");
        admin = new AdminClient(gateway.managementPort());
        assertThat(admin.patch(SHOP_1, "{\"weight\": 3}").statusCode()).isEqualTo(200);
        Path file = directory.resolve("data").resolve(ChangesFile.NAME);
        Files.writeString(file, Files.readString(file).replace("weight: 3", "weight: 4"));

        HttpResponse<String> refused = admin.patch(SHOP_1, "{\"weight\": 5}");
        assertThat(refused.statusCode()).isEqualTo(507);
        assertThat(refused.body())
                .contains("changes.yml: it was changed on disk: it is read at the next start")
                .doesNotContain("SIGHUP");
    }

    @Test
    void whatAnOperatorMadeOfChangesThatCannotBeReadIsNotReplacedEither() throws Exception {
        gateway.close();
        Path file = directory.resolve("data").resolve(ChangesFile.NAME);
        Files.writeString(file, "upstreams: { shop: { backends: { shop-1: { weight: many } } } }");
        restart();
        String mended = "upstreams: { shop: { backends: { shop-1: { weight: 4 } } } }";
        Files.writeString(file, mended);

        assertThat(admin.delete("/changes").statusCode()).isEqualTo(507);
        assertThat(Files.readString(file)).isEqualTo(mended);
        assertThat(gateway.reload(yaml())).isTrue();
        assertThat(admin.get(SHOP_1).at("/weight").asInt()).isEqualTo(4);
    }

    @Test
    void whatAnOperatorWroteIntoTheRevocationsIsNotReplacedBeforeTheGatewayGoesByIt() throws Exception {
        String revocations = "/scopes/upstream/shop/revocations";
        assertThat(admin.post(revocations, "{\"all\": true}").statusCode()).isEqualTo(200);
        HttpConnection.Response visit = visit();
        Path file = directory.resolve("data").resolve(RevocationKeeper.NAME);
        String written = Files.readString(file).replace("ended: 1", "ended: 7");
        Files.writeString(file, written);

        HttpResponse<String> refused = admin.post(revocations, "{\"all\": true}");
        assertThat(refused.statusCode()).isEqualTo(507);
        assertThat(refused.body()).contains("revocations.yml: it was changed on disk: have it read again (SIGHUP)");
        assertThat(Files.readString(file)).isEqualTo(written);
        assertThat(outcomeOf(visit)).isEqualTo(Outcome.KEPT);

        assertThat(gateway.reload(yaml())).isTrue();
        assertThat(outcomeOf(visit)).isEqualTo(Outcome.REVOKED);
        assertThat(admin.post(revocations, "{\"all\": true}").statusCode()).isEqualTo(200);
        assertThat(Files.readString(file)).contains("ended: 8");

        Files.writeString(file, "upstream/shop: { ended: often }");
        assertThat(gateway.reload(yaml())).isFalse();
        assertThat(scope().revocations().orElseThrow().epoch()).isEqualTo(8);
    }

    @Test
    void whatWouldBeWrongIsRefusedWithAllReasonsAndNothingIsChanged() {
        HttpResponse<String> refused =
                admin.patch(SHOP, "{\"balancing\": \"fastest\", \"persistence\": {\"idle-timeout\": \"7s\"}}");

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(AdminClient.body(refused).at("/errors").size()).isEqualTo(2);
        assertThat(refused.body())
                .contains("mooring.upstreams.shop.balancing: fastest (expected: ")
                .contains("mooring.upstreams.shop.persistence.idle-timeout: 7s (expected: whole seconds, 30s-3600s)");
        assertThat(admin.patch(SHOP_1, "{\"weight\": 101}").body())
                .contains("upstreams/shop/backends/shop-1/weight: 101 (expected: 0-100)");
        assertThat(admin.put(SHOP + "/backends/b", "{\"address\": \"${HOME}:1\"}")
                        .body())
                .contains("(expected: a value without a placeholder)");
        assertThat(admin.get("/changes").at("/changes").size()).isZero();
        assertThat(directory.resolve("data").resolve(ChangesFile.NAME)).doesNotExist();
    }

    @Test
    void itIsExplainedWhatAClientWouldGet() throws Exception {
        HttpConnection.Response first = visit();
        String value = first.cookie().split("=", 2)[1];

        JsonNode kept =
                AdminClient.body(admin.post("/scopes/upstream/shop/explain", "{\"cookie\": \"" + value + "\"}"));
        assertThat(kept.at("/outcome").asString()).isEqualTo("kept");
        assertThat(kept.at("/backend").asString()).isEqualTo(first.body());
        assertThat(kept.at("/candidates").size()).isEqualTo(3);
        JsonNode stranger =
                AdminClient.body(admin.post("/scopes/upstream/shop/explain", "{\"client\": \"192.0.2.1\"}"));
        assertThat(stranger.at("/outcome").asString()).isEqualTo("new");
        assertThat(scope().outcomes(Outcome.KEPT)).isZero();
    }

    @Test
    void sessionsOfCookiesAreEndedForGoodAndAtOnce() throws Exception {
        HttpConnection.Response first = visit();
        assertThat(admin.post("/scopes/upstream/shop/revocations", "{\"all\": true}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(outcomeOf(first)).isEqualTo(Outcome.REVOKED);

        HttpConnection.Response second = visit();
        assertThat(admin.post("/scopes/upstream/shop/revocations", "{\"backend\": \"" + second.body() + "\"}")
                        .statusCode())
                .isEqualTo(200);
        HttpConnection.Response third = visit();
        assertThat(admin.post("/scopes/upstream/shop/revocations", "{\"client\": \"127.0.0.1\"}")
                        .statusCode())
                .isEqualTo(200);
        HttpConnection.Response fourth = visit();

        gateway.close();
        restart();
        assertThat(outcomeOf(first)).isEqualTo(Outcome.REVOKED);
        assertThat(outcomeOf(second)).isEqualTo(Outcome.REVOKED);
        assertThat(outcomeOf(third)).isEqualTo(Outcome.REVOKED);
        assertThat(outcomeOf(fourth)).isEqualTo(Outcome.KEPT);
    }

    @Test
    void sessionsOfAddressesAreEndedAndTheTableIsSaved() throws Exception {
        try (Socket open = new Socket(
                InetAddress.getLoopbackAddress(), gateway.listener("echo").getPort())) {
            talk(open);
        }
        JsonNode revoked =
                AdminClient.body(admin.post("/scopes/listener/echo/revocations", "{\"client\": \"127.0.0.1\"}"));
        assertThat(revoked.at("/ended").asInt()).isEqualTo(1);
        assertThat(revoked.at("/kept").asBoolean()).isTrue();
        assertThat(directory.resolve("data/sessions/listener-echo.table")).exists();
        assertThat(admin.get("/sessions?client=127.0.0.1").at("/sessions").size())
                .isZero();
        try (Socket open = new Socket(
                InetAddress.getLoopbackAddress(), gateway.listener("echo").getPort())) {
            talk(open);
        }
        assertThat(gateway.fleet().listenerScope("echo").orElseThrow().outcomes(Outcome.REVOKED))
                .isEqualTo(1);
        assertThat(admin.post("/scopes/upstream/echo/revocations", "{\"all\": true}")
                        .statusCode())
                .isEqualTo(409);
    }

    @Test
    void eachChangeIsALineOfTheAuditLogAndSoIsEachRefusal(CapturedOutput output) {
        admin.patch(SHOP_1, "{\"weight\": 3}");
        admin.send("PATCH", SHOP_1, "{\"weight\": 4}", "If-Match", "\"stale\"");
        admin.send("DELETE", SHOP, "", "If-Match", "*");
        admin.send("PATCH", "/upstreams/a%0auser=root%22x/backends/y", "{\"weight\": 4}", "If-Match", "*");

        String address = "127.0.0.1:" + shop.ports().get(0);
        assertThat(output)
                .contains("user=- from=127.0.0.1 call=\"PATCH /admin/v1/upstreams/shop/backends/shop-1\" before=\""
                        + address + " weight 10 ready\" after=\"" + address
                        + " weight 3 ready\" result=applied status=200")
                .contains("result=refused status=412 why=")
                .doesNotContain("\nuser=root");
        assertThat(gateway.metric("mooring.admin.changes", "result", "applied")).isEqualTo(1);
        assertThat(gateway.metric("mooring.admin.changes", "result", "refused")).isEqualTo(3);
    }
}
