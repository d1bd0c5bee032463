package io.mooring.gateway.admin;

import java.io.Serial;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

/**
 * Why a call is not answered as it was meant to be: a problem in the sense of RFC 9457.
 *
 * <p>A value that is thrown; it has no stack trace.
 */
final class Problem extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final HttpStatus status;
    private final transient List<String> errors;
    private final transient Map<String, String> headers;

    private Problem(HttpStatus status, String detail, List<String> errors, Map<String, String> headers) {
        super(detail, null, false, false);
        this.status = status;
        this.errors = List.copyOf(errors);
        this.headers = Map.copyOf(headers);
    }

    static Problem of(HttpStatus status, String detail) {
        return new Problem(status, detail, List.of(), Map.of());
    }

    /** A problem with several reasons, each as {@code property: value (expected: ...)}. */
    static Problem of(HttpStatus status, String detail, List<String> errors) {
        return new Problem(status, detail, errors, Map.of());
    }

    static Problem missing(String what) {
        return of(HttpStatus.NOT_FOUND, "There is no " + what + ".");
    }

    Problem with(String header, String value) {
        return new Problem(status, detail(), errors, Map.of(header, value));
    }

    HttpStatus status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    String detail() {
        return String.valueOf(getMessage());
    }

    /** What it is about, in a line. */
    String summary() {
        return errors.isEmpty() ? detail() : String.join("; ", errors);
    }

    /** As the body of an answer. */
    byte[] body() {
        ProblemDetail detail = ProblemDetail.forStatusAndDetail(status, detail());
        return Json.problem(detail, errors);
    }
}
