package io.mooring.balancer.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import io.mooring.balancer.time.FakeWallClock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UpstreamTest {

    private final Upstream upstream = new Upstream("shop", Members.backends("a:10 b:5 c:0"), new FakeWallClock());

    @Test
    void backendsBeginInTheOrderOfTheirConfigurationReadyIfTheyHaveWeight() {
        assertThat(upstream.snapshot().members())
                .extracting(Member::id, Member::state)
                .containsExactly(
                        tuple("a", BackendState.READY),
                        tuple("b", BackendState.READY),
                        tuple("c", BackendState.DRAINING));
    }

    @Test
    void aChangeMakesANewSnapshotAndLeavesTheOldOneAsItWas() {
        UpstreamSnapshot before = upstream.snapshot();
        upstream.setState("a", BackendState.DRAINING);

        assertThat(before.member("a").orElseThrow().state()).isEqualTo(BackendState.READY);
        assertThat(upstream.snapshot().member("a").orElseThrow().state()).isEqualTo(BackendState.DRAINING);
        assertThat(upstream.snapshot().member("b")).isEqualTo(before.member("b"));
    }

    @Test
    void aBackendThatStaysKeepsItsStateAndActivity() {
        upstream.setState("b", BackendState.DOWN);
        upstream.snapshot().member("b").orElseThrow().activity().begin();

        upstream.replaceBackends(Members.backends("d:1 b:7"));

        Member b = upstream.snapshot().member("b").orElseThrow();
        assertThat(b.state()).isEqualTo(BackendState.DOWN);
        assertThat(b.backend().weight()).isEqualTo(7);
        assertThat(b.activity().active()).isEqualTo(1);
        assertThat(upstream.snapshot().member("d").orElseThrow().state()).isEqualTo(BackendState.READY);
        assertThat(upstream.snapshot().member("a")).isEmpty();
    }

    @Test
    void aBackendThatComesBackBeginsAnew() {
        upstream.setState("b", BackendState.DOWN);
        upstream.snapshot().member("b").orElseThrow().activity().begin();
        upstream.replaceBackends(Members.backends("a:10"));
        upstream.replaceBackends(Members.backends("a:10 b:5"));

        Member b = upstream.snapshot().member("b").orElseThrow();
        assertThat(b.state()).isEqualTo(BackendState.READY);
        assertThat(b.activity().active()).isZero();
    }

    @Test
    void observersSeeThePresentAndEachChangeUntilTheyAreIgnored() {
        List<UpstreamSnapshot> seen = new ArrayList<>();
        Consumer<UpstreamSnapshot> observer = seen::add;
        UpstreamSnapshot first = upstream.snapshot();
        upstream.observe(observer);
        upstream.setState("a", BackendState.DOWN);
        UpstreamSnapshot second = upstream.snapshot();
        upstream.ignore(observer);
        upstream.setState("a", BackendState.READY);

        assertThat(seen).containsExactly(first, second);
    }

    @Test
    void anUnknownBackendIsRefusedAndNothingChanges() {
        UpstreamSnapshot before = upstream.snapshot();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> upstream.setState("x", BackendState.DOWN))
                .withMessage("backend: x (expected: a backend of upstream shop)");
        assertThat(upstream.snapshot()).isSameAs(before);
    }

    @Test
    void twoBackendsOfOneIdAreRefusedAndNothingChanges() {
        UpstreamSnapshot before = upstream.snapshot();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> upstream.replaceBackends(Members.backends("a:1 a:2")))
                .withMessage("members: two with one id (expected: ids that differ)");
        assertThat(upstream.snapshot()).isSameAs(before);
    }

    @ParameterizedTest
    @CsvSource({
        "a:10:ready, true, true",
        "a:0:ready, false, true",
        "a:10:draining, false, true",
        "a:0:draining, false, true",
        "a:10:down, false, false",
        "a:10:maintenance, false, false",
        "a:10:probing, false, false"
    })
    void stateAndWeightSayWhomABackendServes(String member, boolean takesNew, boolean servesBound) {
        Member it = Members.snapshot(member).members().get(0);

        assertThat(it.takesNew()).isEqualTo(takesNew);
        assertThat(it.servesBound()).isEqualTo(servesBound);
    }

    @ParameterizedTest
    @CsvSource({
        "'', h, 1, 1, 'id: \"\" (expected: a name)'",
        "b, ' ', 1, 1, 'host: \" \" (expected: a host name or an IP address)'",
        "b, h, 0, 1, port: 0 (expected: 1-65535)",
        "b, h, 65536, 1, port: 65536 (expected: 1-65535)",
        "b, h, 1, -1, weight: -1 (expected: 0-100)",
        "b, h, 1, 101, weight: 101 (expected: 0-100)"
    })
    void aBackendOutOfBoundsIsRefused(String id, String host, int port, int weight, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Backend(id, host, port, weight))
                .withMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"shop.internal, shop.internal:80", "10.0.0.1, 10.0.0.1:80", "2001:db8::1, [2001:db8::1]:80"})
    void anAddressHasItsPort(String host, String address) {
        assertThat(new Backend("b", host, 80, 1).address()).isEqualTo(address);
    }

    @Test
    void whatTrafficShowsOfABackendIsToldToWhoWatches() {
        Member before = upstream.snapshot().member("b").orElseThrow();
        before.activity().report(BackendSignal.RESET);
        List<String> seen = new ArrayList<>();
        upstream.watch((backend, signal) -> seen.add(backend + " " + signal));
        upstream.replaceBackends(Members.backends("b:7 d:1"));

        before.activity().report(BackendSignal.CONNECTED);
        upstream.snapshot().member("d").orElseThrow().activity().report(BackendSignal.CONNECT_FAILED);

        assertThat(seen).containsExactly("b CONNECTED", "d CONNECT_FAILED");
    }
}
