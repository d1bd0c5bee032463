package io.mooring.l4;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FailureLogTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(FailureLog.class);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private final FakeTicker time = new FakeTicker();
    private final FailureLog failures = new FailureLog(time);

    @BeforeEach
    void listen() {
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(appender);
    }

    @Test
    void itTellsOfOneASecondAndCountsTheOthers() {
        for (int i = 0; i < 30; i++) {
            failures.failed("dns", "flow " + i, null);
            time.advance(Duration.ofMillis(100));
        }

        assertThat(lines())
                .containsExactly(
                        "listener dns: flow 0 failed: null",
                        "listener dns: flow 10 failed: null (failures before it that are not told of: 9)",
                        "listener dns: flow 20 failed: null (failures before it that are not told of: 9)");
    }

    @Test
    void itTellsOfTheFirstAfterASilenceAtOnce() {
        failures.failed("dns", "one", null);
        time.advance(Duration.ofHours(1));
        failures.failed("dns", "another", null);

        assertThat(lines()).containsExactly("listener dns: one failed: null", "listener dns: another failed: null");
    }

    @Test
    void itTellsWhatWasMissing() {
        failures.failed("db", "the connection", new IllegalStateException("no channel", new IOException("no files")));

        assertThat(lines()).containsExactly("listener db: the connection failed: java.io.IOException: no files");
    }

    private List<String> lines() {
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
