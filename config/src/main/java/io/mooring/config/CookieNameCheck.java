package io.mooring.config;

import io.mooring.balancer.session.Persistence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Finds scopes that would write the same cookie, so that a browser kept only one of two sessions. */
final class CookieNameCheck {

    private final Findings findings;

    CookieNameCheck(Findings findings) {
        this.findings = findings;
    }

    void check(BoundConfiguration configuration) {
        Map<WrittenCookie, List<ConfigurationPropertyName>> writers = new LinkedHashMap<>();
        for (DeclaredPolicy policy : httpScopes(configuration)) {
            if (policy.persistence().type() == Persistence.Kind.COOKIE) {
                writers.computeIfAbsent(WrittenCookie.of(policy), cookie -> new ArrayList<>())
                        .add(policy.cookieNameAt());
            }
        }
        writers.forEach(this::checkWriters);
    }

    /** The policies that some route is decided by, each once. */
    private static List<DeclaredPolicy> httpScopes(BoundConfiguration configuration) {
        List<DeclaredPolicy> scopes = new ArrayList<>();
        for (Entry<RouteProperties> route : configuration.routes()) {
            Optional<DeclaredUpstream> upstream = configuration.upstream(route.value());
            if (route.value().enabled() && upstream.isPresent()) {
                scopes.add(
                        route.value().declaresPolicy()
                                ? configuration.routePolicy(route)
                                : upstream.get().policy());
            }
        }
        return scopes.stream().distinct().toList();
    }

    private void checkWriters(WrittenCookie cookie, List<ConfigurationPropertyName> writers) {
        if (writers.size() < 2) {
            return;
        }
        for (ConfigurationPropertyName writer : writers) {
            String others = writers.stream()
                    .filter(other -> !other.equals(writer))
                    .map(PropertyNames::display)
                    .collect(Collectors.joining(" and "));
            findings.violation(
                    writer,
                    cookie.name(),
                    "a cookie that differs in name, domain or path from that of " + others,
                    "Set cookie.name here or there.");
        }
    }

    private record WrittenCookie(String name, String domain, String path) {

        static WrittenCookie of(DeclaredPolicy policy) {
            CookieProperties cookie = policy.persistence().cookie();
            String domain =
                    Optional.ofNullable(cookie.domain()).map(CookieCheck::bare).orElse("");
            return new WrittenCookie(cookie.nameFor(policy.scope()), domain.toLowerCase(Locale.ROOT), cookie.path());
        }
    }
}
