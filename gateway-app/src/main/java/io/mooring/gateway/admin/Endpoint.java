package io.mooring.gateway.admin;

import io.mooring.config.AdminUser;
import java.util.Set;
import java.util.function.Function;
import org.springframework.http.HttpMethod;

/**
 * Something that the API does.
 *
 * @param method by which it is called
 * @param path where, below {@link Endpoints#BASE}
 * @param query the parameters that its query may have
 * @param role who may call it
 * @param answer does it, on a thread that may wait
 */
record Endpoint(HttpMethod method, String path, Set<String> query, AdminUser.Role role, Function<Call, Reply> answer) {

    static Endpoint get(String path, Function<Call, Reply> answer, String... query) {
        return new Endpoint(HttpMethod.GET, path, Set.of(query), AdminUser.Role.READ, answer);
    }

    static Endpoint change(HttpMethod method, String path, Function<Call, Reply> answer) {
        return new Endpoint(method, path, Set.of(), AdminUser.Role.CHANGE, answer);
    }

    /** Whether calls of it have a body. */
    boolean takesBody() {
        return !HttpMethod.GET.equals(method) && !HttpMethod.DELETE.equals(method);
    }

    /** Whether it changes something. */
    boolean isChange() {
        return role == AdminUser.Role.CHANGE;
    }
}
