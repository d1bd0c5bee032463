package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gateway.reload.ChangesFile;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/**
 * Each call that the API's own description names, made wrongly: the right status, a problem document, and nothing is
 * changed.
 */
class EveryAdminCallTest extends AdminFixture {

    private static final Map<String, String> PLACES = Map.of(
            "{upstream}", "shop",
            "{backend}", "shop-1",
            "{route}", "shop",
            "{listener}", "echo",
            "{kind}", "upstream",
            "{name}", "shop");

    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

    private List<Call> calls = List.of();
    private String before = "";

    /** There is a change of each kind, so that each can be dropped. */
    @BeforeEach
    void change() throws IOException {
        Map.of(
                        SHOP_1,
                        "{\"weight\": 20}",
                        SHOP,
                        "{\"persistence\": {\"idle-timeout\": \"99s\"}}",
                        "/routes/shop",
                        "{\"persistence\": {\"type\": \"none\"}}",
                        "/listeners/echo",
                        "{\"persistence\": {\"idle-timeout\": \"99s\"}}")
                .forEach((path, body) -> assertThat(admin.patch(path, body).statusCode())
                        .as(path)
                        .isEqualTo(200));
        calls = described();
        before = state();
    }

    @Test
    void aBodyThatIsNotOneIsRefused() throws IOException {
        List<Call> taking = calls.stream().filter(Call::takesBody).toList();
        assertThat(taking).hasSizeGreaterThanOrEqualTo(7);
        for (Call call : taking) {
            String backend = call.method.equals("PUT") ? call.path.replace("shop-1", "new") : call.path;
            for (String body : List.of("{", "1", "[1]", "{\"nonsense\": 1}", "{\"nonsense\": {}, \"nonsense\": {}}")) {
                String[] condition = call.condition == null ? new String[0] : new String[] {call.condition, "*"};
                assertIsProblem(admin.send(call.method, backend, body, condition), 400, call + " " + body);
            }
        }
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void whatHasChangedMeanwhileOrIsNotSaidToHaveBeenReadIsRefused() throws IOException {
        List<Call> conditional =
                calls.stream().filter(call -> call.condition != null).toList();
        assertThat(conditional).hasSizeGreaterThanOrEqualTo(11);
        for (Call call : conditional) {
            String body = call.takesBody ? "{}" : "";
            String condition = String.valueOf(call.condition);
            assertIsProblem(admin.send(call.method, call.path, body), 428, call.toString());
            String unmet = call.method.equals("PUT") ? "*" : "\"stale\"";
            assertIsProblem(admin.send(call.method, call.path, body, condition, unmet), 412, call.toString());
        }
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void withoutAUserNothingIsAnswered() throws Exception {
        gateway.close();
        gateway = Gateway.start(
                directory,
                yaml()
                        + "mooring.admin.users.ann: { password: \"{bcrypt}%s\", role: change }\n"
                                .formatted(ManagementCalls.hash("ann")));
        String unasked = state();
        for (Call call : calls) {
            String body = call.takesBody ? "{\"all\": true}" : "";
            HttpResponse<String> response =
                    ManagementCalls.send(gateway.managementPort(), call.method, "/admin/v1" + call.path, body, "");
            assertIsProblem(response, 401, call.toString());
        }
        assertThat(state()).isEqualTo(unasked);
    }

    private static void assertIsProblem(HttpResponse<String> response, int status, String call) {
        assertThat(response.statusCode()).as(call + ": " + response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).as(call).contains("application/problem+json");
        assertThat(AdminClient.body(response).at("/status").asInt()).as(call).isEqualTo(status);
        assertThat(AdminClient.body(response).at("/detail").asString()).as(call).isNotEmpty();
    }

    private String state() throws IOException {
        Path kept;
        try (var files = Files.walk(directory)) {
            kept = files.filter(file -> file.endsWith(ChangesFile.NAME))
                    .findFirst()
                    .orElseThrow();
        }
        return gateway.fleet().topology() + " " + scope().revocations() + " " + Files.readString(kept);
    }

    private List<Call> described() {
        List<Call> all = new ArrayList<>();
        paths(admin.send("GET", "/openapi.yaml", "").body())
                .forEach((template, operations) -> operations.forEach((method, described) -> {
                    if (METHODS.contains(method) && described instanceof Map<?, ?> operation) {
                        String path = template;
                        for (Map.Entry<String, String> place : PLACES.entrySet()) {
                            path = path.replace(place.getKey(), place.getValue());
                        }
                        String parameters = String.valueOf(operation.get("parameters"));
                        all.add(new Call(
                                method.toUpperCase(Locale.ROOT),
                                path,
                                operation.containsKey("requestBody"),
                                parameters.contains("ifMatch")
                                        ? "If-Match"
                                        : parameters.contains("If-None-Match") ? "If-None-Match" : null));
                    }
                }));
        return all;
    }

    @SuppressWarnings("unchecked") // another test holds the document against what it should be
    private static Map<String, Map<String, Object>> paths(String description) {
        Map<String, Object> document = new Yaml().load(description);
        return (Map<String, Map<String, Object>>) Objects.requireNonNull(document.get("paths"));
    }

    /** What the description says of a call; the condition is the header that says what was read before. */
    private record Call(
            String method,
            String path,
            boolean takesBody,
            @Nullable String condition) {}
}
