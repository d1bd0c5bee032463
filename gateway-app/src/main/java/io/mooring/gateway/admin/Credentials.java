package io.mooring.gateway.admin;

import io.mooring.config.AdminUser;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.web.server.authentication.AuthenticationWebFilter;
import org.springframework.security.web.server.authorization.AuthorizationWebFilter;
import org.springframework.security.web.server.authorization.ExceptionTranslationWebFilter;
import org.springframework.security.web.server.context.SecurityContextServerWebExchangeWebFilter;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.server.handler.FilteringWebHandler;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Lets only those use the management port who say a name and its password, by HTTP basic authentication, and only for what their
 * role is good for. All may ask whether the gateway lives and is ready.
 *
 * <p>Made of Spring Security's parts, and only where users are configured: none of its classes is loaded otherwise. To verify a
 * password takes some tenths of a second, which are spent on the threads of a scheduler.
 */
final class Credentials implements WebFilter, Ordered {

    private final Map<String, AdminUser> users;
    private final String anyHash;
    private final Scheduler threads;
    private final AuditLog audit;
    private final BCryptPasswordEncoder encoder = new BCryptPasswordEncoder();
    private final List<WebFilter> filters;

    /** Asks for the password of one of these users. */
    Credentials(List<AdminUser> users, Scheduler threads, AuditLog audit) {
        this.users = users.stream().collect(Collectors.toMap(AdminUser::name, Function.identity()));
        this.anyHash = users.get(0).password();
        this.threads = threads;
        this.audit = audit;
        AuthenticationWebFilter authentication = new AuthenticationWebFilter(this::authenticate);
        authentication.setAuthenticationFailureHandler((filter, failure) -> refuse(filter.getExchange()));
        ExceptionTranslationWebFilter translation = new ExceptionTranslationWebFilter();
        translation.setAuthenticationEntryPoint((exchange, failure) -> refuse(exchange));
        translation.setAccessDeniedHandler((exchange, denied) -> exchange.getPrincipal()
                .flatMap(user -> Answers.refuse(
                        exchange,
                        Problem.of(HttpStatus.FORBIDDEN, "This user may read, and change nothing."),
                        audit,
                        user.getName())));
        this.filters = List.of(
                authentication,
                new SecurityContextServerWebExchangeWebFilter(),
                translation,
                new AuthorizationWebFilter(this::authorize));
    }

    @Override
    public int getOrder() {
        return Answers.CREDENTIALS_ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return new FilteringWebHandler(chain::filter, filters)
                .handle(exchange)
                .onErrorResume(
                        RejectedExecutionException.class,
                        full -> Answers.refuse(
                                exchange,
                                Problem.of(
                                        HttpStatus.SERVICE_UNAVAILABLE,
                                        "Too many calls are waiting, or the gateway stops."),
                                audit,
                                null));
    }

    /** As long for a name that there is not as for another, so that nobody learns which there are. */
    private Mono<Authentication> authenticate(Authentication claim) {
        return Mono.fromCallable(() -> {
                    String name = claim.getName();
                    AdminUser user = users.get(name);
                    boolean same = encoder.matches(
                            String.valueOf(claim.getCredentials()), user == null ? anyHash : user.password());
                    if (user == null || !same) {
                        throw new BadCredentialsException("wrong name or password");
                    }
                    return (Authentication) UsernamePasswordAuthenticationToken.authenticated(
                            name,
                            null,
                            List.of(new SimpleGrantedAuthority(user.role().name())));
                })
                .subscribeOn(threads);
    }

    private Mono<AuthorizationResult> authorize(Mono<Authentication> user, ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        if (Answers.isProbe(request)) {
            return Mono.just(new AuthorizationDecision(true));
        }
        String needed = AdminUser.Role.CHANGE.name();
        return user.map(known -> new AuthorizationDecision(!Answers.isMoreThanARead(request)
                || known.getAuthorities().stream().anyMatch(role -> needed.equals(role.getAuthority()))));
    }

    private Mono<Void> refuse(ServerWebExchange exchange) {
        return Answers.refuse(
                exchange,
                Problem.of(HttpStatus.UNAUTHORIZED, "This needs the name and the password of a user.")
                        .with(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"mooring\", charset=\"UTF-8\""),
                audit,
                null);
    }
}
