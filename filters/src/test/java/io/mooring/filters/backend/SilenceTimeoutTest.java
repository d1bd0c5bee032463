package io.mooring.filters.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SilenceTimeoutTest {

    private long now = 1_000;
    private final EmbeddedChannel backend = new EmbeddedChannel(new SilenceTimeout(() -> now));

    @BeforeEach
    void stopTheClock() {
        backend.freezeTime();
    }

    @Test
    void aRequestHasItsOwnTimeAndNotThatOfTheOneBefore() {
        request(Duration.ofSeconds(60));
        respond();
        pass(Duration.ofSeconds(5));

        request(Duration.ofSeconds(1));
        pass(Duration.ofMillis(999));
        assertThat(backend.isOpen()).isTrue();
        pass(Duration.ofMillis(1));

        assertThat(backend.isOpen()).isFalse();
        assertThatThrownBy(backend::checkException).isInstanceOf(ReadTimeoutException.class);
    }

    @Test
    void aRequestWithMoreTimeThanTheOneBeforeHasAllOfIt() {
        request(Duration.ofSeconds(1));
        respond();

        request(Duration.ofSeconds(60));
        pass(Duration.ofSeconds(59));
        assertThat(backend.isOpen()).isTrue();
        pass(Duration.ofSeconds(1));

        assertThat(backend.isOpen()).isFalse();
    }

    @Test
    void theTimeOfAConnectionThatWaitedForARequestDoesNotCount() {
        request(Duration.ofSeconds(1));
        respond();
        backend.read();
        pass(Duration.ofSeconds(30));

        request(Duration.ofSeconds(1));

        pass(Duration.ofMillis(999));
        assertThat(backend.isOpen()).isTrue();
    }

    private void request(Duration limit) {
        SilenceTimeout.watch(backend, limit);
        backend.read();
    }

    private void respond() {
        backend.writeInbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        backend.releaseInbound();
    }

    private void pass(Duration time) {
        now += time.toNanos();
        backend.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        backend.runScheduledPendingTasks();
    }
}
