package io.mooring.balancer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SessionDirectoryTest {

    private final TestGateway gateway = new TestGateway("a:10 b:10");
    private final Scope scope = gateway.scope(TestGateway.source(null, false, 50_000));
    private final SessionDirectory directory = scope.directory().orElseThrow();

    @Test
    void aStrangerHasNone() {
        assertThat(directory.find(TestGateway.client(1))).isEmpty();
        assertThat(directory.page(Optional.empty(), SessionDirectory.START, 10).sessions())
                .isEmpty();
    }

    @Test
    void aClientIsFoundWithItsBackendAndItsTimes() {
        gateway.advance(Duration.ofSeconds(5));
        String home = visit(1);
        gateway.advance(Duration.ofSeconds(100));

        assertThat(directory.find(TestGateway.client(1)))
                .containsExactly(new RememberedSession(
                        "10.0.0.1",
                        home,
                        gateway.wallClock.instant().minusSeconds(100),
                        Duration.ofSeconds(100),
                        TestGateway.IDLE.minusSeconds(100),
                        0));
    }

    @Test
    void anOpenSessionIsNotIdleAndEndsByTheAbsoluteTimeoutOnly() {
        Scope bounded = gateway.scope(TestGateway.source(TestGateway.ABSOLUTE, false));
        try (Decision first = bounded.decide(TestGateway.client(1), List.of());
                Decision second = bounded.decide(TestGateway.client(1), List.of());
                Decision unbounded = scope.decide(TestGateway.client(1), List.of())) {
            assertThat(first.member()).isEqualTo(second.member());
            assertThat(unbounded.member()).isNotNull();
            gateway.advance(Duration.ofSeconds(100));

            assertThat(bounded.directory().orElseThrow().find(TestGateway.client(1)))
                    .singleElement()
                    .satisfies(session -> {
                        assertThat(session.open()).isEqualTo(2);
                        assertThat(session.idle()).isZero();
                        assertThat(session.left()).isEqualTo(TestGateway.ABSOLUTE.minusSeconds(100));
                    });
            assertThat(directory.find(TestGateway.client(1)))
                    .singleElement()
                    .satisfies(session -> assertThat(session.left()).isNull());
        }
    }

    @Test
    void whatEndsFirstIsWhatIsLeft() {
        Scope bounded = gateway.scope(TestGateway.source(TestGateway.IDLE.plusSeconds(500), false));
        for (int i = 0; i < 2; i++) {
            bounded.decide(TestGateway.client(1), List.of()).close();
            assertThat(bounded.directory().orElseThrow().find(TestGateway.client(1)))
                    .extracting(RememberedSession::left)
                    .containsExactly(i == 0 ? TestGateway.IDLE : TestGateway.IDLE.minusSeconds(400));
            gateway.advance(Duration.ofMinutes(15));
        }
    }

    @Test
    void whatIsOverOrEndedIsNotFound() {
        visit(1);
        gateway.advance(TestGateway.IDLE);
        visit(2);
        visit(3);
        visit(4);
        String home = Objects.requireNonNull(
                        directory.find(TestGateway.client(3)).get(0))
                .backendId();
        scope.revoke(TestGateway.client(2));
        scope.revokeBackend(home);

        for (int client = 1; client <= 3; client++) {
            assertThat(directory.find(TestGateway.client(client))).isEmpty();
        }
        assertThat(all(Optional.empty(), 10))
                .allSatisfy(session -> assertThat(session.backendId()).isNotEqualTo(home));
        assertThat(scope.revoke(TestGateway.client(3)))
                .as("it has none any more")
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 256, 257, 100_000})
    void pagesHaveEverySessionOnceAndNoMoreThanTheirLimit(int limit) {
        for (int client = 0; client < 2_000; client++) {
            visit(client);
        }

        assertThat(all(Optional.empty(), limit))
                .hasSize(2_000)
                .extracting(RememberedSession::client)
                .doesNotHaveDuplicates();
        assertThat(all(Optional.of("a"), limit))
                .hasSize(1_000)
                .allSatisfy(session -> assertThat(session.backendId()).isEqualTo("a"));
        assertThat(all(Optional.of("unknown"), limit)).isEmpty();
    }

    @Test
    void whatLivesFromTheFirstPageToTheLastIsOnOneOfThemWhateverComesAndGoes() {
        for (int client = 0; client < 5_000; client++) {
            visit(client);
        }
        List<RememberedSession> found = new ArrayList<>();
        int strangers = 10_000;
        OptionalLong next = OptionalLong.of(SessionDirectory.START);
        while (next.isPresent()) {
            SessionPage page = directory.page(Optional.empty(), next.getAsLong(), 100);
            found.addAll(page.sessions());
            for (int i = 0; i < 20; i++) {
                visit(strangers++);
                visit(strangers % 5_000);
            }
            next = page.next();
        }

        List<String> clients = found.stream().map(RememberedSession::client).toList();
        assertThat(clients).doesNotHaveDuplicates();
        assertThat(new HashSet<>(clients))
                .containsAll(IntStream.range(0, 5_000)
                        .mapToObj(client -> TestGateway.client(client).getHostAddress())
                        .toList());
    }

    @Test
    void aPageOfNothingIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> directory.page(Optional.empty(), SessionDirectory.START, 0))
                .withMessage("limit: 0 (expected: 1 or more)");
    }

    private List<RememberedSession> all(Optional<String> backend, int limit) {
        List<RememberedSession> all = new ArrayList<>();
        OptionalLong next = OptionalLong.of(SessionDirectory.START);
        while (next.isPresent()) {
            SessionPage page = directory.page(backend, next.getAsLong(), limit);
            assertThat(page.sessions()).hasSizeLessThanOrEqualTo(limit);
            all.addAll(page.sessions());
            next = page.next();
        }
        return all;
    }

    private String visit(int client) {
        try (Decision decision = scope.decide(TestGateway.client(client), List.of())) {
            return Objects.requireNonNull(decision.member()).id();
        }
    }
}
