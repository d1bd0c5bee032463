package io.mooring.gateway.reload;

import java.io.Serial;
import java.util.List;

/** A change that cannot be made. Each of its errors is a line. */
public final class RefusedChangeException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient List<String> errors;

    /** A change with these errors. */
    public RefusedChangeException(List<String> errors) {
        super(String.join("; ", errors));
        this.errors = List.copyOf(errors);
    }

    /** What is wrong, a line each. */
    public List<String> errors() {
        return errors;
    }
}
