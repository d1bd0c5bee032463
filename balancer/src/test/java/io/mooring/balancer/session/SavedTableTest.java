package io.mooring.balancer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mooring.balancer.selection.Balancing;
import io.mooring.balancer.source.SourcePrefixes;
import io.mooring.balancer.upstream.Members;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SavedTableTest {

    private static final String BACKENDS = "a:10 b:10 c:10";
    private static final Duration TICK = Duration.ofMillis(1);

    private final TestGateway before = new TestGateway(BACKENDS);
    private final TestGateway after = new TestGateway(BACKENDS);
    private final Scope saved = before.scope(TestGateway.source());

    @Test
    void aClientIsKeptByTheGatewayThatComesAfter() throws IOException {
        List<String> homes = Stream.of(1, 2, 3, 4, 5).map(i -> visit(saved, i)).toList();

        Scope scope = after.scope(TestGateway.source());
        assertThat(restore(scope, save(saved))).isEqualTo(new RestoreReport(5, 0, 0));

        for (int i = 1; i <= 5; i++) {
            Decision decision = scope.decide(TestGateway.client(i), List.of());
            assertThat(decision.outcome()).isEqualTo(Outcome.KEPT);
            assertThat(id(decision)).isEqualTo(homes.get(i - 1));
        }
        assertThat(scope.liveSessions()).hasValue(5);
    }

    @Test
    void anEmptyTableIsSavedAndRestored() throws IOException {
        assertThat(restore(after.scope(TestGateway.source()), save(saved))).isEqualTo(new RestoreReport(0, 0, 0));
    }

    @Test
    void theTimeBetweenCountsAsIdle() throws IOException {
        visit(saved, 1);
        pass(Duration.ofSeconds(400));
        visit(saved, 2);
        byte[] table = save(saved);
        pass(TestGateway.IDLE.minusSeconds(400).minus(TICK));

        Scope justInTime = after.scope(TestGateway.source());
        assertThat(restore(justInTime, table)).isEqualTo(new RestoreReport(2, 0, 0));
        pass(TICK);
        Scope tooLate = after.scope(TestGateway.source());
        assertThat(restore(tooLate, table)).isEqualTo(new RestoreReport(1, 1, 0));

        assertThat(outcome(justInTime, 1)).isEqualTo(Outcome.IDLE_EXPIRED);
        assertThat(outcome(justInTime, 2)).isEqualTo(Outcome.KEPT);
        assertThat(outcome(tooLate, 1)).isEqualTo(Outcome.NEW);
        pass(TestGateway.IDLE);
        assertThat(outcome(tooLate, 2)).isEqualTo(Outcome.IDLE_EXPIRED);
    }

    @Test
    void theAbsoluteTimeoutRunsOn() throws IOException {
        Scope bounded = before.scope(TestGateway.source(TestGateway.ABSOLUTE, false));
        visit(bounded, 1);
        for (int i = 0; i < 5; i++) {
            pass(Duration.ofMinutes(10));
            visit(bounded, 1);
        }
        byte[] table = save(bounded);
        pass(Duration.ofMinutes(10).minus(TICK));

        Scope justInTime = after.scope(TestGateway.source(TestGateway.ABSOLUTE, false));
        restore(justInTime, table);
        assertThat(outcome(justInTime, 1)).isEqualTo(Outcome.KEPT);
        pass(TICK);
        assertThat(outcome(justInTime, 1)).isEqualTo(Outcome.MAX_EXPIRED);
        assertThat(restore(after.scope(TestGateway.source(TestGateway.ABSOLUTE, false)), table))
                .isEqualTo(new RestoreReport(0, 1, 0));
    }

    @Test
    void aSessionThatWasOpenCountsAsUsedWhenItWasSaved() throws IOException {
        Decision open = saved.decide(TestGateway.client(1), List.of());
        pass(TestGateway.IDLE.multipliedBy(5));
        byte[] table = save(saved);
        open.close();

        Scope scope = after.scope(TestGateway.source());
        restore(scope, table);

        pass(TestGateway.IDLE.minus(TICK));
        assertThat(scope.liveSessions()).hasValue(1);
        pass(TICK);
        assertThat(scope.liveSessions()).as("nothing is held").hasValue(0);
    }

    /** Of the wall clock between saving and restoring. */
    @ParameterizedTest
    @ValueSource(longs = {-1, -3_600, -24 * 3_600})
    void aClockThatWasSetBackWithinADayEndsNoSession(long seconds) throws IOException {
        visit(saved, 1);
        byte[] table = save(saved);
        after.wallClock.advance(Duration.ofSeconds(seconds));

        Scope scope = after.scope(TestGateway.source());
        restore(scope, table);

        assertThat(outcome(scope, 1)).isEqualTo(Outcome.KEPT);
    }

    @Test
    void aTableFromFarInTheFutureIsRefused() throws IOException {
        byte[] table = save(saved);
        after.wallClock.advance(Duration.ofDays(-1).minus(TICK));

        assertRefused(
                after.scope(TestGateway.source()),
                table,
                "a table saved more than a day from now (expected: one of the past; is the clock right?)");
    }

    @ParameterizedTest
    @ValueSource(longs = {-86_400, -3_600, 3_600, 86_400})
    void aClockThatJumpsWhileTheGatewayRunsChangesNothing(long seconds) throws IOException {
        visit(saved, 1);
        pass(Duration.ofMinutes(10));
        before.wallClock.advance(Duration.ofSeconds(seconds));
        after.wallClock.advance(Duration.ofSeconds(seconds));

        assertThat(saved.liveSessions()).hasValue(1);
        Scope scope = after.scope(TestGateway.source());
        assertThat(restore(scope, save(saved))).isEqualTo(new RestoreReport(1, 0, 0));
        pass(Duration.ofSeconds(400).minus(TICK));
        assertThat(scope.liveSessions()).hasValue(1);
        pass(TICK);
        assertThat(scope.liveSessions()).hasValue(0);
    }

    @Test
    void aClientOfABackendThatIsGoneIsMovedOrRefused() throws IOException {
        String home = visit(saved, 1);
        byte[] table = save(saved);
        TestGateway without = new TestGateway(BACKENDS.replace(home + ":10", "d:10"));

        Scope lenient = without.scope(TestGateway.source());
        Scope strict = without.scope(TestGateway.source(null, true));
        restore(lenient, table);
        restore(strict, table);

        assertThat(lenient.liveSessions(home)).hasValue(1);
        assertThat(outcome(lenient, 1)).isEqualTo(Outcome.MOVED);
        Decision refused = strict.decide(TestGateway.client(1), List.of());
        assertThat(refused.isRefused()).isTrue();
        without.upstream.replaceBackends(Members.backends(BACKENDS));
        assertThat(outcome(strict, 1)).as("it came back").isEqualTo(Outcome.KEPT);
    }

    @Test
    void whatAnOperatorEndedDoesNotComeBack() throws IOException {
        visit(saved, 1);
        String home = visit(saved, 2);
        saved.revoke(TestGateway.client(1));
        saved.revokeBackend(home);

        Scope scope = after.scope(TestGateway.source());

        assertThat(restore(scope, save(saved))).isEqualTo(new RestoreReport(0, 0, 0));
    }

    @Test
    void ofMoreSessionsThanThereIsRoomForTheLastUsedAreRestoredAndExpireInTheirOrder() throws IOException {
        for (int i = 0; i < 500; i++) {
            visit(saved, i * 7 % 500);
            pass(Duration.ofSeconds(1));
        }
        Scope small = after.scope(TestGateway.source(null, false, 100));

        assertThat(restore(small, save(saved))).isEqualTo(new RestoreReport(100, 0, 400));

        for (int i = 0; i < 100; i++) {
            assertThat(small.liveSessions()).hasValue(100);
            visit(small, 1_000 + i);
            int evicted = (400 + i) * 7 % 500;
            assertThat(Objects.requireNonNull(small.directory().orElseThrow().find(TestGateway.client(evicted))))
                    .as("the %dth", i)
                    .isEmpty();
        }
    }

    @Test
    void aSessionThatAClientHasAlreadyIsNotReplaced() throws IOException {
        visit(saved, 1);
        byte[] table = save(saved);
        pass(Duration.ofSeconds(10));
        Scope scope = after.scope(TestGateway.source());
        Decision open = scope.decide(TestGateway.client(1), List.of());

        assertThat(restore(scope, table)).isEqualTo(new RestoreReport(0, 0, 1));

        open.close();
        assertThat(scope.liveSessions()).hasValue(1);
        pass(TestGateway.IDLE);
        assertThat(scope.liveSessions()).hasValue(0);
    }

    @Test
    void anyBitThatIsOtherThanItWasIsFound() throws IOException {
        for (int i = 0; i < 3; i++) {
            visit(saved, i);
        }
        byte[] table = save(saved);
        Scope scope = after.scope(TestGateway.source());

        for (int bit = 0; bit < 8 * table.length; bit++) {
            byte[] damaged = table.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatExceptionOfType(UnusableTableException.class)
                    .as("bit %d", bit)
                    .isThrownBy(() -> restore(scope, damaged));
        }
        assertThat(scope.liveSessions()).hasValue(0);
    }

    @Test
    void aTableThatIsCutShortOrGoesOnIsRefused() throws IOException {
        visit(saved, 1);
        byte[] table = save(saved);
        Scope scope = after.scope(TestGateway.source());

        for (int length = 0; length < table.length; length++) {
            assertRefused(scope, Arrays.copyOf(table, length), "a damaged table (expected: one that is whole)");
        }
        for (int more : new int[] {1, 32, 4_096}) {
            assertRefused(
                    scope, Arrays.copyOf(table, table.length + more), "a damaged table (expected: one that is whole)");
        }
        assertThat(scope.liveSessions()).hasValue(0);
    }

    @Test
    void garbageIsRefused() {
        Random random = new Random(17);
        Scope scope = after.scope(TestGateway.source());
        for (int i = 0; i < 500; i++) {
            byte[] garbage = new byte[random.nextInt(300)];
            random.nextBytes(garbage);
            if (random.nextBoolean() && garbage.length >= 8) {
                ByteBuffer.wrap(garbage).putLong(0x4d4f4f52494e4701L);
            }
            assertThatExceptionOfType(UnusableTableException.class).isThrownBy(() -> restore(scope, garbage));
        }
    }

    static Stream<Arguments> tablesOfOthers() {
        return Stream.of(
                Arguments.of(7, (byte) 2, "a table of version 2 (expected: version 1)"),
                Arguments.of(7, (byte) 0, "a table of version 0 (expected: version 1)"),
                Arguments.of(0, (byte) 'Z', "another kind of file (expected: a saved source table)"),
                Arguments.of(12, (byte) 'X', "a table of another scope (expected: upstream/shop)"),
                Arguments.of(25, (byte) 24, "a table of /24 and /64 networks (expected: /32 and /64, as configured)"),
                Arguments.of(26, (byte) 56, "a table of /32 and /56 networks (expected: /32 and /64, as configured)"));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("tablesOfOthers")
    void aWholeTableThatIsNotThisScopesIsRefused(int offset, byte value, String message) throws IOException {
        visit(saved, 1);
        byte[] table = save(saved);
        table[offset] = value;
        CRC32C crc = new CRC32C();
        crc.update(table, 0, table.length - 4);
        ByteBuffer.wrap(table).putInt(table.length - 4, (int) crc.getValue());

        assertRefused(after.scope(TestGateway.source()), table, message);
    }

    /** Pinned: a later version must read it or refuse it by its version. */
    @Test
    void theFormatIsTheGoldenOne() throws IOException {
        TestGateway one = new TestGateway("a:10");
        Scope scope = one.scope(TestGateway.source());
        visit(scope, 1);
        one.advance(Duration.ofSeconds(1));
        byte[] table = save(scope);

        assertThat(table).startsWith("MOORING\1".getBytes(StandardCharsets.US_ASCII));
        assertThat(table).hasSize(8 + 4 + 13 + 1 + 1 + 8 + 4 + 4 + 1 + 32 + 8 + 4);
        assertThat(Arrays.copyOfRange(table, 44, 76))
                .asHexString()
                .isEqualTo("00000000000000000000FFFF0A00000100000000000003E800000000000003E8");
    }

    @Test
    void aFailureToWriteIsPassedOnAndHarmsNothing() {
        for (int i = 0; i < 1_000; i++) {
            visit(saved, i);
        }
        byte[] room = new byte[20_000];
        ByteBuffer full = ByteBuffer.wrap(room);
        OutputStream disk = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (full.remaining() < length) {
                    throw new IOException("No space left on device");
                }
                full.put(bytes, offset, length);
            }
        };

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> saved.directory().orElseThrow().save(disk))
                .withMessage("No space left on device");

        assertThat(saved.liveSessions()).hasValue(1_000);
        assertThat(outcome(saved, 1)).isEqualTo(Outcome.KEPT);
    }

    @Test
    void networksAndPrefixesOfBothKindsSurvive() throws Exception {
        InetAddress ipv6 = InetAddress.getByName("2001:db8::1");
        Policy policy = new Policy(
                Balancing.WEIGHTED_ROUND_ROBIN,
                new Persistence.SourceIp(
                        new SessionTimeouts(TestGateway.IDLE, null), false, new SourcePrefixes(24, 128), 100));
        Scope one = before.scope(policy);
        try (Decision four = one.decide(TestGateway.client(1), List.of());
                Decision six = one.decide(ipv6, List.of())) {
            assertThat(id(four)).isNotEqualTo(id(six));
        }

        Scope other = after.scope(policy);
        restore(other, save(one));

        assertThat(outcome(other, 255)).as("of the /24").isEqualTo(Outcome.KEPT);
        assertThat(other.decide(ipv6, List.of()).outcome()).isEqualTo(Outcome.KEPT);
    }

    @Test
    void scopesWithoutATableHaveNothingToSave() {
        assertThat(before.scope(TestGateway.cookie()).directory()).isEmpty();
        assertThat(before.scope(TestGateway.none(Balancing.IP_HASH)).directory())
                .isEmpty();
    }

    private void pass(Duration time) {
        before.advance(time);
        after.advance(time);
    }

    private static byte[] save(Scope scope) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        scope.directory().orElseThrow().save(out);
        return out.toByteArray();
    }

    private static RestoreReport restore(Scope scope, byte[] table) throws IOException {
        return scope.directory().orElseThrow().restore(new BytesChannel(table));
    }

    private static void assertRefused(Scope scope, byte[] table, String message) {
        assertThatExceptionOfType(UnusableTableException.class)
                .isThrownBy(() -> restore(scope, table))
                .withMessage(message);
    }

    private static String visit(Scope scope, int client) {
        try (Decision decision = scope.decide(TestGateway.client(client), List.of())) {
            return id(decision);
        }
    }

    private static Outcome outcome(Scope scope, int client) {
        try (Decision decision = scope.decide(TestGateway.client(client), List.of())) {
            return decision.outcome();
        }
    }

    private static String id(Decision decision) {
        return Objects.requireNonNull(decision.member()).id();
    }
}
