package io.mooring.gateway.admin;

import io.mooring.config.AdminUser;
import java.io.Serial;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.security.authentication.ReactiveAuthenticationManagerResolver;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
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
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;

/**
 * Lets only those use the management port who say a name and its password, by HTTP basic authentication, and only for
 * what their role is good for. All may ask whether the gateway lives and is ready.
 *
 * <p>Made of Spring Security's parts, and only where users are configured: none of its classes is loaded otherwise. To
 * verify a password takes some tenths of a second, which are spent on a thread that does nothing else; an address that
 * has said too many wrong ones has to wait, and what it says meanwhile is not verified.
 */
final class Credentials implements WebFilter, Ordered {

    private static final String WHY_WRONG = "wrong name or password";

    private final Passwords passwords;
    private final Pauses pauses;
    private final Scheduler passwordThread;
    private final AuditLog audit;
    private final List<WebFilter> filters;

    /** Asks for the password of one of these users; verifies it on the thread of a scheduler that has but one. */
    Credentials(List<AdminUser> users, Pauses pauses, Scheduler passwordThread, AuditLog audit) {
        this.passwords = new Passwords(users, new BCryptPasswordEncoder()::matches);
        this.pauses = pauses;
        this.passwordThread = passwordThread;
        this.audit = audit;
        ReactiveAuthenticationManagerResolver<ServerWebExchange> byExchange =
                exchange -> Mono.just(claim -> authenticate(exchange.getRequest(), claim));
        AuthenticationWebFilter authentication = new AuthenticationWebFilter(byExchange);
        authentication.setAuthenticationFailureHandler((filter, failure) -> Answers.answer(
                filter.getExchange(), failure instanceof Refused refused ? refused.problem : unauthorized()));
        ExceptionTranslationWebFilter translation = new ExceptionTranslationWebFilter();
        translation.setAuthenticationEntryPoint((exchange, failure) -> {
            Problem problem = unauthorized();
            audit.failed(
                    exchange.getRequest(),
                    AuthenticationFailure.NO_USER,
                    null,
                    problem.status().value(),
                    problem.summary());
            return Answers.answer(exchange, problem);
        });
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
                new AuthorizationWebFilter(Credentials::authorize));
    }

    @Override
    public int getOrder() {
        return Answers.CREDENTIALS_ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return Answers.isProbe(exchange.getRequest())
                ? chain.filter(exchange)
                : new FilteringWebHandler(chain::filter, filters).handle(exchange);
    }

    /** What is verified is told and counted also if the caller does not wait for it. */
    private Mono<Authentication> authenticate(ServerHttpRequest request, Authentication claim) {
        return Mono.defer(() -> {
                    requireNoPause(request);
                    return Mono.fromCallable(() -> verify(request, claim))
                            .subscribeOn(passwordThread)
                            .publishOn(eventLoop(request));
                })
                .onErrorMap(
                        RejectedExecutionException.class,
                        full -> refusal(
                                request,
                                AuthenticationFailure.BUSY,
                                Problem.of(
                                                HttpStatus.SERVICE_UNAVAILABLE,
                                                "Too many passwords are to be verified, or the gateway stops.")
                                        .with(HttpHeaders.RETRY_AFTER, "1")));
    }

    private Authentication verify(ServerHttpRequest request, Authentication claim) {
        // It may have begun while the call waited for the thread.
        requireNoPause(request);
        String name = claim.getName();
        InetAddress from = address(request);
        AdminUser user =
                passwords.user(name, String.valueOf(claim.getCredentials())).orElse(null);
        if (user == null) {
            String known = passwords.knows(name) ? name : null;
            Duration pause = pauses.wrong(from, known);
            Problem problem = unauthorized();
            audit.failed(
                    request,
                    AuthenticationFailure.WRONG,
                    known,
                    problem.status().value(),
                    pause.isZero() ? WHY_WRONG : WHY_WRONG + ", the next in " + Text.of(pause));
            throw new Refused(problem);
        }
        pauses.right(from, name);
        return UsernamePasswordAuthenticationToken.authenticated(
                name, null, List.of(new SimpleGrantedAuthority(user.role().name())));
    }

    private void requireNoPause(ServerHttpRequest request) {
        Duration left = pauses.left(address(request));
        if (!left.isZero()) {
            throw refusal(
                    request,
                    AuthenticationFailure.PAUSED,
                    Problem.of(
                                    HttpStatus.TOO_MANY_REQUESTS,
                                    "Too many wrong passwords came from this address: none is looked at for a while.")
                            .with(
                                    HttpHeaders.RETRY_AFTER,
                                    String.valueOf(left.plusNanos(999_999_999).toSeconds())));
        }
    }

    private Refused refusal(ServerHttpRequest request, AuthenticationFailure reason, Problem problem) {
        audit.failed(request, reason, null, problem.status().value(), problem.summary());
        return new Refused(problem);
    }

    private static Mono<AuthorizationResult> authorize(Mono<Authentication> user, ServerWebExchange exchange) {
        String needed = AdminUser.Role.CHANGE.name();
        return user.map(known -> new AuthorizationDecision(!Answers.isMoreThanARead(exchange.getRequest())
                || known.getAuthorities().stream().anyMatch(role -> needed.equals(role.getAuthority()))));
    }

    private static Problem unauthorized() {
        return Problem.of(HttpStatus.UNAUTHORIZED, "This needs the name and the password of a user.")
                .with(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"mooring\", charset=\"UTF-8\"");
    }

    /** Where the connection comes from, whatever headers say that a client could have written. */
    private static InetAddress address(ServerHttpRequest request) {
        return ServerHttpRequestDecorator.getNativeRequest(request) instanceof Connection connection
                        && connection.channel().remoteAddress() instanceof InetSocketAddress from
                ? from.getAddress()
                : InetAddress.getLoopbackAddress();
    }

    /** Where the call goes on, so that it keeps no password waiting. */
    private static Scheduler eventLoop(ServerHttpRequest request) {
        return ServerHttpRequestDecorator.getNativeRequest(request) instanceof Connection connection
                ? Schedulers.fromExecutor(connection.channel().eventLoop())
                : Schedulers.parallel();
    }

    /** Why a call is nobody's: what is to be answered. */
    private static final class Refused extends AuthenticationException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final Problem problem;

        Refused(Problem problem) {
            super(problem.summary());
            this.problem = problem;
        }
    }
}
