package io.mooring.filters.forward;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * A request whose headers for the backend are those that came from the client, but for {@code Cookie}. That they are
 * can only be said of a request which no filter has changed: a changed one is another object.
 */
public interface OutgoingHeaders {

    /** The request as it came. */
    ServerHttpRequest asReceived();

    /** The values of {@code Cookie} for the backend, or null if they are those that came. */
    @Nullable
    List<String> cookies();
}
