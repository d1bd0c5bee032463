package io.mooring.gateway.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AccessLogTest {

    @Test
    void fieldsStandInTheirOrderAndThoseWithoutValueAreLeftOut() {
        AccessEntry entry = new AccessEntry.Builder()
                .with(LogField.END, "completed")
                .with(LogField.DURATION, Duration.ofNanos(1_234_567))
                .with(LogField.BACKEND, null)
                .with(LogField.PROTOCOL, "http")
                .build();

        assertThat(entry.line()).isEqualTo("protocol=http duration-ms=1.235 end=completed");
    }

    static Stream<Arguments> values() {
        return Stream.of(
                arguments("/plain/path-1.html", "/plain/path-1.html"),
                arguments("a b", "\"a b\""),
                arguments("a=b", "\"a=b\""),
                arguments("say \"hi\"", "\"say \\\"hi\\\"\""),
                arguments("back\\slash", "\"back\\\\slash\""),
                arguments("x\ny", "\"x\\u000ay\""),
                arguments("x\r\ny", "\"x\\u000d\\u000ay\""),
                arguments("\u2028", "\"\\u2028\""),
                arguments("\033[31m", "\"\\u001b[31m\""),
                arguments("", "\"\""));
    }

    @ParameterizedTest
    @MethodSource("values")
    void noValueCanEndItsFieldOrItsLine(String value, String written) {
        assertThat(LogValue.of(value)).isEqualTo(written);
    }

    @Test
    void aLogThatIsOffPutsNoLineTogether() {
        List<String> lines = new CopyOnWriteArrayList<>();
        try (AccessLog log = new AccessLog(10, () -> false, lines::add)) {
            log.write(entry(0));

            assertThat(log.dropped()).isZero();
        }
        assertThat(lines).isEmpty();
    }

    @Test
    void whatIsQueuedIsWrittenBeforeTheLogIsClosed() {
        List<String> lines = new CopyOnWriteArrayList<>();
        try (AccessLog log = new AccessLog(1_000, () -> true, lines::add)) {
            for (int i = 0; i < 100; i++) {
                log.write(entry(i));
            }
        }

        assertThat(lines).hasSize(100).startsWith("status=0").endsWith("status=99");
    }

    @Test
    void aSlowSinkDropsAndCountsInsteadOfWaiting() throws InterruptedException {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<String> lines = new CopyOnWriteArrayList<>();
        try (AccessLog log = new AccessLog(10, () -> true, line -> {
            writing.countDown();
            awaitQuietly(release);
            return lines.add(line);
        })) {
            log.write(entry(0));
            assertThat(writing.await(10, TimeUnit.SECONDS)).isTrue();
            for (int i = 1; i <= 25; i++) {
                log.write(entry(i));
            }

            assertThat(log.dropped()).isEqualTo(15);
            release.countDown();
        }
        assertThat(lines).hasSize(11);
    }

    @Test
    void aSinkThatFailsOrDoesNotTakeALineLosesThatAndNoOther() {
        List<String> lines = new CopyOnWriteArrayList<>();
        AccessLog log = new AccessLog(10, () -> true, line -> {
            if (line.endsWith("1")) {
                throw new IllegalStateException("disk full");
            }
            return !line.endsWith("2") && lines.add(line);
        });
        try (log) {
            log.write(entry(0));
            log.write(entry(1));
            log.write(entry(2));
            log.write(entry(3));
        }

        assertThat(lines).containsExactly("status=0", "status=3");
        assertThat(log.dropped()).isEqualTo(2);
    }

    @Test
    void whatStandardOutputDoesNotTakeIsCountedAndSaid() {
        long before = StandardOutput.failures();
        try (StandardOutput output = new StandardOutput(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        })) {
            assertThatThrownBy(() -> output.write(new byte[5])).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> output.write('x')).isInstanceOf(IOException.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }

        assertThat(StandardOutput.failures()).isEqualTo(before + 2);
    }

    @Test
    void anEntryThatCannotBePutTogetherIsOneThatIsDropped() {
        List<String> lines = new CopyOnWriteArrayList<>();
        AccessLog log = new AccessLog(10, () -> true, lines::add);
        try (log) {
            log.write(() -> {
                throw new IllegalStateException("no entry");
            });
            log.write(entry(1));
        }

        assertThat(lines).containsExactly("status=1");
        assertThat(log.dropped()).isEqualTo(1);
    }

    private static Supplier<AccessEntry> entry(int status) {
        return () -> new AccessEntry.Builder().with(LogField.STATUS, status).build();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
