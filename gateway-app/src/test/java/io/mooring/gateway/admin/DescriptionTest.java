package io.mooring.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.yaml.snakeyaml.Yaml;

/** Holds {@code openapi.yaml} against what the API does. */
class DescriptionTest {

    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

    private static Object document = Map.of();

    @BeforeAll
    static void read() throws IOException {
        try (InputStream file = Endpoints.class.getResourceAsStream("openapi.yaml")) {
            document = new Yaml().load(file);
        }
    }

    @Test
    void itNamesEachEndpointAndNoOther() {
        Set<String> described = new TreeSet<>();
        at("paths")
                .forEach((path, item) -> map(item).keySet().stream()
                        .filter(METHODS::contains)
                        .forEach(method -> described.add(method + " " + path)));

        assertThat(described)
                .isEqualTo(endpoints()
                        .map(endpoint -> endpoint.method().name().toLowerCase(Locale.ROOT) + " " + endpoint.path())
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void itNamesTheParametersOfEachEndpoint() {
        endpoints().forEach(endpoint -> {
            Map<String, Object> path = map(at("paths").get(endpoint.path()));
            Map<String, Object> operation =
                    map(path.get(endpoint.method().name().toLowerCase(Locale.ROOT)));
            Set<String> inQuery = parameters(operation, "query");
            assertThat(inQuery).as(endpoint.path()).isEqualTo(new TreeSet<>(endpoint.query()));

            Set<String> inPath = Stream.of(endpoint.path().split("[{}]", -1))
                    .filter(part -> part.matches("[a-z]+"))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(parameters(path, "path")).as(endpoint.path()).isEqualTo(inPath);
            assertThat(operation.containsKey("requestBody")).isEqualTo(endpoint.takesBody());
        });
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void itHasTheShapeOfEachAnswer(Class<?> view) {
        Map<String, Object> schema = map(at("components", "schemas").get(view.getSimpleName()));

        assertThat(map(schema.get("properties")).keySet())
                .containsExactlyElementsOf(Stream.of(view.getRecordComponents())
                        .map(component -> DataObjectPropertyName.toDashedForm(component.getName()))
                        .toList());
        assertThat((Collection<?>) schema.get("required"))
                .map(String::valueOf)
                .containsExactlyElementsOf(Stream.of(view.getRecordComponents())
                        .filter(component -> !isNullable(component))
                        .map(component -> DataObjectPropertyName.toDashedForm(component.getName()))
                        .toList());
    }

    static Stream<Class<?>> shapes() {
        return Stream.of(Views.class.getDeclaredClasses());
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        Set<String> references = new TreeSet<>();
        collect(document, references);

        assertThat(references).isNotEmpty().allSatisfy(reference -> {
            Object found = document;
            for (String step : reference.substring("#/".length()).split("/", -1)) {
                found = map(found).get(step);
            }
            assertThat(found).as(reference).isNotNull();
        });
    }

    private static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    @SuppressWarnings("NullAway") // they are looked at, and none is called
    private static Stream<Endpoint> endpoints() {
        return Endpoints.of(new Gateway(null, null, null, null, null, null, null)).stream();
    }

    private static Set<String> parameters(Map<String, Object> of, String in) {
        Object parameters = of.get("parameters");
        return (parameters instanceof Collection<?> list ? list.stream() : Stream.<Object>of())
                .map(DescriptionTest::map)
                .map(each -> each.get("$ref") instanceof String reference
                        ? map(at("components", "parameters").get(reference.substring(reference.lastIndexOf('/') + 1)))
                        : each)
                .filter(each -> in.equals(each.get("in")))
                .map(each -> String.valueOf(each.get("name")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void collect(@Nullable Object node, Set<String> references) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if ("$ref".equals(key)) {
                    references.add(String.valueOf(value));
                }
                collect(value, references);
            });
        } else if (node instanceof Collection<?> list) {
            list.forEach(each -> collect(each, references));
        }
    }

    private static Map<String, Object> at(String... path) {
        Object found = document;
        for (String step : path) {
            found = map(found).get(step);
        }
        return map(found);
    }

    @SuppressWarnings("unchecked") // keys are texts in this document
    private static Map<String, Object> map(@Nullable Object node) {
        return node instanceof Map<?, ?> ? (Map<String, Object>) node : Map.of();
    }
}
