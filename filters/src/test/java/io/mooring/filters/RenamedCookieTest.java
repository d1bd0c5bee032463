package io.mooring.filters;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.balancer.session.SessionTimeouts;
import io.mooring.filters.support.SettableClock;
import io.mooring.filters.support.TestBackend;
import io.mooring.filters.support.TestClient;
import io.mooring.filters.support.TestClient.Response;
import io.mooring.filters.support.TestGateway;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A scope's cookie gets another name while clients come with the one they have. */
class RenamedCookieTest {

    private final SettableClock clock = new SettableClock();
    private final TestBackend one = TestBackend.answering("one");
    private final TestBackend two = TestBackend.answering("two");
    private final TestGateway gateway = TestGateway.builder()
            .clock(clock)
            .upstream("shop", TestGateway.sticky("first"), one.backend(), two.backend())
            .upstream("other", TestGateway.sticky("first"), one.backend(), two.backend())
            .start();
    private TestClient client;

    @BeforeEach
    void connect() throws IOException {
        client = gateway.client();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        gateway.close();
        one.close();
        two.close();
    }

    @Test
    void aSessionGoesOnUnderTheNewNameAndTheOldCookieIsEnded() throws IOException {
        Response begun = get("");
        rename("second");
        clock.advance(Duration.ofSeconds(2));

        Response renamed = get("a=1; " + begun.cookie("first").orElseThrow() + "; b=2");

        assertThat(renamed.backend()).isEqualTo(begun.backend());
        assertThat(cookiesAtBackend(begun)).isEqualTo(List.of("a=1; b=2"));
        assertThat(gateway.lastDecision().outcome()).isEqualTo(Outcome.KEPT);
        List<String> set = renamed.all("Set-Cookie");
        assertThat(set).hasSize(2);
        assertThat(set.get(0)).startsWith("second=");
        assertThat(set.get(1)).startsWith("first=; Path=/;").endsWith("; Max-Age=0");

        Response after = get(renamed.cookie("second").orElseThrow());
        assertThat(after.backend()).isEqualTo(begun.backend());
        assertThat(after.all("Set-Cookie")).isEmpty();
    }

    @Test
    void theNewNameGoesBeforeTheOld() throws IOException {
        Response begun = get("");
        rename("second");
        get("");
        Response other = get("");
        while (other.backend().equals(begun.backend())) {
            other = get("");
        }

        Response both = get(begun.cookie("first").orElseThrow() + "; "
                + other.cookie("second").orElseThrow());

        assertThat(both.backend()).isEqualTo(other.backend());
    }

    @Test
    void severalNamesAreReadAndOneThatComesBackIsTheNameAgain() throws IOException {
        Response begun = get("");
        rename("second");
        get("");
        rename("third");
        clock.advance(Duration.ofSeconds(2));
        assertThat(get(begun.cookie("first").orElseThrow()).all("Set-Cookie"))
                .hasSize(2)
                .first()
                .asString()
                .startsWith("third=");

        rename("first");
        clock.advance(Duration.ofSeconds(2));

        Response back = get(begun.cookie("first").orElseThrow());
        assertThat(back.backend()).isEqualTo(begun.backend());
        assertThat(back.all("Set-Cookie")).hasSize(1).first().asString().startsWith("first=");
    }

    @Test
    void aCookieOfTheOldNameThatTheScopeHasNotWrittenIsAnothers() throws IOException {
        Response begun = get("");
        Response elsewhere = client.get("/other");
        rename("second");
        clock.advance(Duration.ofSeconds(2));
        String others = elsewhere.cookie("first").orElseThrow();

        for (String foreign :
                List.of(others, "first=the application's", begun.cookie("first").orElseThrow() + "; " + others)) {
            Response response = get(foreign);
            assertThat(cookiesAtBackend(response)).isEqualTo(List.of(foreign));
            assertThat(response.all("Set-Cookie")).singleElement().asString().startsWith("second=");
        }
    }

    @Test
    void theOldNameIsTheApplicationsOwnOnceNoSessionCanBeInIt() throws IOException {
        Response begun = get("");
        rename("second");
        get("");
        clock.advance(SessionTimeouts.DEFAULT_IDLE);

        Response late = get(begun.cookie("first").orElseThrow());

        assertThat(cookiesAtBackend(late))
                .isEqualTo(begun.cookie("first").stream().toList());
        assertThat(gateway.lastDecision().outcome()).isEqualTo(Outcome.NEW);
    }

    private void rename(String name) {
        gateway.scope("shop").become(TestGateway.sticky(name));
    }

    /** What came with the last request to the backend that gave a response. */
    private List<String> cookiesAtBackend(Response response) {
        return (response.backend().equals("one") ? one : two)
                .drain().stream()
                        .reduce((earlier, later) -> later)
                        .orElseThrow()
                        .all("Cookie");
    }

    private Response get(String cookies) throws IOException {
        return cookies.isEmpty() ? client.get("/shop") : client.get("/shop", "Cookie: " + cookies);
    }
}
