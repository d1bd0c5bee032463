package io.mooring.gateway.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON as the API speaks it: names as the configuration writes them, nothing for what is absent. Made when it is first
 * used.
 */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .changeDefaultPropertyInclusion(include -> include.withValueInclusion(JsonInclude.Include.NON_ABSENT))
            .build();

    private Json() {}

    static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** A problem document. */
    static byte[] problem(ProblemDetail problem, List<String> errors) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", "about:blank");
        document.put("title", String.valueOf(problem.getTitle()));
        document.put("status", problem.getStatus());
        document.put("detail", String.valueOf(problem.getDetail()));
        if (!errors.isEmpty()) {
            document.put("errors", errors);
        }
        return write(document);
    }

    /** The object that a text is. */
    static ObjectNode object(byte[] text) {
        JsonNode node;
        try {
            node = MAPPER.readTree(text);
        } catch (JacksonException e) {
            String at = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw Problem.of(HttpStatus.BAD_REQUEST, "The body is no JSON" + at + ".");
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw Problem.of(HttpStatus.BAD_REQUEST, "The body is no JSON object.");
    }
}
