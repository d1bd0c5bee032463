package io.mooring.balancer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.upstream.Backend;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sessions belong to the backend of an id, wherever that is, and to no other at its address. */
class SessionsFollowIdsTest {

    private final TestGateway gateway = new TestGateway("");
    private List<String> cookies = List.of();

    @ParameterizedTest
    @MethodSource("sessions")
    void aSessionFollowsItsBackendToAnotherAddress(Policy policy) {
        gateway.upstream.replaceBackends(List.of(backend("a", 1), backend("b", 2)));
        Scope scope = gateway.scope(policy);
        String home = visit(scope, Outcome.NEW).id();

        gateway.upstream.replaceBackends(List.of(backend("a", 3), backend("b", 4)));
        Backend after = visit(scope, Outcome.KEPT);
        assertThat(after.id()).isEqualTo(home);
        assertThat(after.port()).isGreaterThan(2);
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void aSessionIsNotTakenToAStrangerAtItsBackendsAddress(Policy policy) {
        gateway.upstream.replaceBackends(List.of(backend("a", 1)));
        Scope scope = gateway.scope(policy);
        visit(scope, Outcome.NEW);

        gateway.upstream.replaceBackends(List.of(backend("stranger", 1)));
        assertThat(visit(scope, Outcome.MOVED).id()).isEqualTo("stranger");
        gateway.upstream.replaceBackends(List.of(backend("a", 1), backend("stranger", 2)));
        assertThat(visit(scope, Outcome.KEPT).id()).isEqualTo("stranger");
    }

    @ParameterizedTest
    @MethodSource("all")
    void withoutMembersThereIsNobodyToServe(Policy policy) {
        Scope scope = gateway.scope(policy);

        try (Decision decision = scope.decide(TestGateway.client(1), List.of())) {
            assertThat(decision.member()).isNull();
        }
        gateway.upstream.replaceBackends(List.of(backend("a", 1)));
        try (Decision decision = scope.decide(TestGateway.client(1), List.of())) {
            assertThat(decision.member()).isNotNull();
        }
    }

    static Stream<Arguments> sessions() {
        return Stream.of(arguments(TestGateway.cookie()), arguments(TestGateway.source()));
    }

    static Stream<Arguments> all() {
        return Stream.concat(
                sessions(), Stream.of(Balancing.values()).map(TestGateway::none).map(Arguments::arguments));
    }

    private Backend visit(Scope scope, Outcome expected) {
        try (Decision decision = scope.decide(TestGateway.client(1), cookies)) {
            assertThat(decision.outcome()).isEqualTo(expected);
            decision.settle();
            if (decision.cookieAction() != CookieAction.NONE) {
                cookies = List.of(decision.cookieValue());
            }
            return Objects.requireNonNull(decision.member()).backend();
        }
    }

    private static Backend backend(String id, int port) {
        return new Backend(id, "127.0.0.1", port, 10);
    }
}
