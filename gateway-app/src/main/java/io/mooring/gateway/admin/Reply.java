package io.mooring.gateway.admin;

import java.util.Map;
import java.util.Optional;

/**
 * The answer to a call.
 *
 * @param status 200, 201 or 204
 * @param body what becomes JSON, or bytes as they are; none with 204
 * @param headers what is said beside it
 */
record Reply(int status, Optional<Object> body, Map<String, String> headers) {

    static Reply of(Object body) {
        return new Reply(200, Optional.of(body), Map.of());
    }

    /** Something that can be changed by who has seen it as the tag says. */
    static Reply of(Object body, String tag) {
        return new Reply(200, Optional.of(body), Map.of("ETag", tag));
    }

    static Reply added(Object body, String tag, String location) {
        return new Reply(201, Optional.of(body), Map.of("ETag", tag, "Location", location));
    }

    static Reply none() {
        return new Reply(204, Optional.empty(), Map.of());
    }

    byte[] bytes() {
        return body.map(value -> value instanceof byte[] bytes ? bytes : Json.write(value))
                .orElse(new byte[0]);
    }
}
