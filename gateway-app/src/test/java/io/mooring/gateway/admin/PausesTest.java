package io.mooring.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PausesTest {

    private static final InetAddress HERE = address("192.0.2.1");
    private static final InetAddress THERE = address("192.0.2.2");

    /** Near its overflow, as a real clock may be. */
    private final AtomicLong nanos =
            new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(30).toNanos());

    private final Pauses pauses = new Pauses(nanos::get);

    @Test
    void aPauseFollowsTheFifthWrongPasswordAndGrowsToAMinute() {
        List<Long> seconds = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            Duration pause = pauses.wrong(HERE, "alice");
            assertThat(pauses.left(HERE)).isEqualTo(pause);
            seconds.add(pause.toSeconds());
            advance(pause);
            assertThat(pauses.left(HERE)).isZero();
        }

        assertThat(seconds).containsExactly(0L, 0L, 0L, 0L, 1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L, 60L);
    }

    @Test
    void aPauseIsThereUntilItsLastNanosecond() {
        fail(HERE, "alice", 5);

        advance(Duration.ofSeconds(1).minusNanos(1));
        assertThat(pauses.left(HERE)).isEqualTo(Duration.ofNanos(1));
        advance(Duration.ofNanos(1));
        assertThat(pauses.left(HERE)).isZero();
    }

    @Test
    void theRightPasswordOfTheSameUserEndsIt() {
        fail(HERE, "alice", 9);

        pauses.right(HERE, "alice");

        assertThat(pauses.left(HERE)).isZero();
        assertThat(pauses.size()).isZero();
        assertThat(fail(HERE, "alice", 4)).isZero();
    }

    @Test
    void whoHasAPasswordCannotGuessThoseOfOthersWithoutAPause() {
        fail(HERE, "alice", 5);
        pauses.right(HERE, "bob");
        assertThat(pauses.left(HERE)).isEqualTo(Duration.ofSeconds(1));

        pauses.wrong(HERE, "bob");
        pauses.right(HERE, "bob");
        pauses.right(HERE, "alice");
        assertThat(pauses.left(HERE)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void namesThatNobodyHasCountAsWell() {
        fail(HERE, null, 4);
        pauses.right(HERE, "alice");

        assertThat(pauses.wrong(HERE, "alice")).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void anotherAddressDoesNotWait() {
        fail(HERE, "alice", 9);
        pauses.right(THERE, "alice");

        assertThat(pauses.left(THERE)).isZero();
        assertThat(fail(THERE, "alice", 4)).isZero();
        assertThat(pauses.left(HERE)).isPositive();
    }

    @Test
    void theAddressesOfAnIpv6LineAreOne() {
        fail(address("2001:db8:0:1::1"), "alice", 4);
        fail(address("2001:db8:0:1:ffff::2"), "alice", 1);

        assertThat(pauses.left(address("2001:db8:0:1::3"))).isEqualTo(Duration.ofSeconds(1));
        assertThat(pauses.left(address("2001:db8:0:2::1"))).isZero();
    }

    @Test
    void afterTenMinutesAllIsForgotten() {
        fail(HERE, "alice", 4);
        advance(Duration.ofMinutes(10).minusNanos(1));
        assertThat(pauses.wrong(HERE, "alice")).isEqualTo(Duration.ofSeconds(1));

        advance(Duration.ofMinutes(10));
        assertThat(fail(HERE, "alice", 4)).isZero();
    }

    @Test
    void anotherAddressMakesRoomByTheOneThatFailedLongestAgo() {
        fail(HERE, "alice", 4);
        fail(THERE, "alice", 4);
        pauses.wrong(HERE, "alice");
        for (int i = 0; i < Pauses.CAPACITY - 1; i++) {
            pauses.wrong(address("10.0." + i / 256 + "." + i % 256), null);
        }

        assertThat(pauses.size()).isEqualTo(Pauses.CAPACITY);
        assertThat(pauses.left(HERE)).isPositive();
        assertThat(pauses.wrong(THERE, "alice")).isZero();
        assertThat(pauses.size()).isEqualTo(Pauses.CAPACITY);
    }

    private Duration fail(InetAddress from, @Nullable String user, int times) {
        Duration pause = Duration.ZERO;
        for (int i = 0; i < times; i++) {
            pause = pauses.wrong(from, user);
        }
        return pause;
    }

    private void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal, e);
        }
    }
}
