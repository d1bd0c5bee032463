package io.mooring.gateway.admin;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.ServerRequest;

/** One call of the API: what was asked, and what is to be said of it in the audit log. Used by one thread at a time. */
final class Call {

    private final ServerRequest request;
    private final byte[] body;
    private String before = "";
    private String after = "";

    Call(ServerRequest request, byte[] body) {
        this.request = request;
        this.body = body;
    }

    /** A part of the path. */
    String path(String variable) {
        return request.pathVariable(variable);
    }

    /** A parameter of the query; the names of all that there may be are checked beforehand. */
    Optional<String> query(String name) {
        List<String> values = request.queryParams().getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw Problem.of(HttpStatus.BAD_REQUEST, "The query has " + name + " more than once.");
        }
        return values.stream().findFirst().map(value -> value == null ? "" : value);
    }

    /** A parameter that is a whole number. */
    OptionalInt number(String name, int min, int max) {
        Optional<String> text = query(name);
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        if (text.get().matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(text.get());
            if (number >= min && number <= max) {
                return OptionalInt.of(number);
            }
        }
        throw wrong(name, text.get(), min, max);
    }

    /** The fields of the body. */
    Map<String, Optional<String>> body(Fields fields) {
        return fields.read(body);
    }

    /**
     * Requires that the caller has seen the thing as it is now.
     *
     * @throws Problem when the caller does not say so, or has seen another
     */
    void requireSeen(String tag) {
        String seen = header(HttpHeaders.IF_MATCH);
        if (seen == null) {
            throw Problem.of(
                    HttpStatus.PRECONDITION_REQUIRED,
                    "The call needs If-Match with the ETag of what it changes, which a GET has.");
        }
        boolean same = Arrays.stream(seen.split(",", -1))
                .map(String::strip)
                .anyMatch(each -> each.equals("*") || each.equals(tag));
        if (!same) {
            throw Problem.of(HttpStatus.PRECONDITION_FAILED, "It has changed since it was read: read it again.");
        }
    }

    /**
     * Requires that the caller takes the thing for new, and that it is.
     *
     * @throws Problem when the caller does not say so, or the thing is there
     */
    void requireNew(boolean there) {
        String none = header(HttpHeaders.IF_NONE_MATCH);
        if (none == null || !none.strip().equals("*")) {
            throw Problem.of(
                    HttpStatus.PRECONDITION_REQUIRED, "The call needs If-None-Match: * since it adds something.");
        }
        if (there) {
            throw Problem.of(HttpStatus.PRECONDITION_FAILED, "There is one of this name already.");
        }
    }

    /** Takes note of what is changed, for the audit log. */
    void changes(Object from, Object to) {
        before = String.valueOf(from);
        after = String.valueOf(to);
    }

    String before() {
        return before;
    }

    String after() {
        return after;
    }

    private @Nullable String header(String name) {
        return request.headers().firstHeader(name);
    }

    private static Problem wrong(String name, String value, int min, int max) {
        return Problem.of(
                HttpStatus.BAD_REQUEST,
                "The query is not as it is expected.",
                List.of(Text.printable(name + ": " + value) + " (expected: a whole number, " + min + "-" + max + ")"));
    }
}
