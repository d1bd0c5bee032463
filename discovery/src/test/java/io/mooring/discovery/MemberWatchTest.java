package io.mooring.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mooring.balancer.topology.DiscoverySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.test.scheduler.VirtualTimeScheduler;

class MemberWatchTest {

    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final ScriptedSource source = new ScriptedSource();
    private final List<List<String>> found = new ArrayList<>();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger log = (Logger) LoggerFactory.getLogger(MemberLog.class);
    private final MemberWatch watch = watch(spec("shop", INTERVAL, true));

    @BeforeEach
    void listen() {
        lines.start();
        log.setLevel(Level.INFO);
        log.setAdditive(false);
        log.addAppender(lines);
    }

    @AfterEach
    void stop() {
        log.detachAppender(lines);
        log.setAdditive(true);
        log.setLevel(null);
        watch.close();
    }

    @Test
    void itAsksAgainAnIntervalAfterAnAnswer() {
        source.say("a:1 b:2");
        start();
        assertThat(ids()).containsExactly("a", "b");

        pass(Duration.ofSeconds(26));
        assertThat(source.questions()).isEqualTo(1);
        source.say("a:1 c:3");
        pass(Duration.ofSeconds(8));
        assertThat(source.questions()).isEqualTo(2);
        assertThat(ids()).containsExactly("a", "c");
        assertThat(lines())
                .containsExactly(
                        "INFO upstream shop: members found: 2: new a at 127.0.0.1:1, b at 127.0.0.1:2",
                        "INFO upstream shop: members found: 2: new c at 127.0.0.1:3; gone b at 127.0.0.1:2");
    }

    @Test
    void theSameMembersAreNotAChange() {
        source.say("a:1 b:2");
        start();
        source.say("b:2 a:1");
        pass(Duration.ofMinutes(2));

        assertThat(found).hasSizeGreaterThan(2).containsOnly(List.of("a", "b"));
        assertThat(lines()).hasSize(1);
    }

    @Test
    void anOutageKeepsTheLastMembersAndIsSaidOnceAndAlsoItsEnd() {
        source.say("a:1");
        start();
        source.fail("connection refused\nand\u0007more");
        pass(Duration.ofSeconds(90));

        assertThat(ids()).containsExactly("a");
        assertThat(watch.age()).isEqualTo(Duration.ofSeconds(90));
        assertThat(watch.answers(AnswerKind.GOOD)).isEqualTo(1);
        assertThat(watch.answers(AnswerKind.FAILED)).isGreaterThan(3);
        source.say("a:1 b:2");
        pass(INTERVAL.multipliedBy(2));
        assertThat(ids()).containsExactly("a", "b");
        assertThat(watch.age()).isLessThan(INTERVAL.multipliedBy(2));
        assertThat(lines()).hasSize(4);
        assertThat(lines().get(1))
                .isEqualTo("WARN upstream shop: service shop: java.lang.IllegalStateException: connection"
                        + " refused\\u000aand\\u0007more: the members known stay, 1");
        assertThat(lines().get(2)).matches("INFO upstream shop: service shop answers again, after 1?[0-9]{2} s");
    }

    @Test
    void afterAFailureItAsksSoonAndThenLessAndLessOften() {
        source.fail("no");
        start();
        List<Integer> questions = new ArrayList<>();
        for (int second : new int[] {2, 5, 10, 20, 40}) {
            pass(Duration.ofSeconds(second).minusMillis(time.now(TimeUnit.MILLISECONDS)));
            questions.add(source.questions());
        }

        assertThat(questions)
                .as("at first, and after about 1, 3, 7, 15 and 31 s")
                .containsExactly(2, 3, 4, 5, 6);
        pass(Duration.ofMinutes(10));
        assertThat(source.questions()).as("no less often than otherwise").isBetween(24, 30);
    }

    @Test
    void whoHangsIsGivenUpAfterTheTimeout() {
        source.say("a:1");
        start();
        source.hang();
        pass(INTERVAL.plusSeconds(4));
        source.say("a:1 b:2");
        pass(TIMEOUT);

        assertThat(watch.answers(AnswerKind.FAILED)).isEqualTo(1);
        assertThat(lines().get(1))
                .isEqualTo("WARN upstream shop: service shop: no answer within 5 s: the members known stay, 1");
        assertThat(ids()).containsExactly("a", "b");
    }

    @Test
    void anEmptyAnswerIsTakenForAnOutage() {
        source.say("a:1");
        start();
        source.say("");
        pass(INTERVAL.multipliedBy(2));

        assertThat(ids()).containsExactly("a");
        assertThat(watch.answers(AnswerKind.EMPTY)).isPositive();
        assertThat(lines().get(1))
                .isEqualTo("WARN upstream shop: service shop: an answer without members: the members known stay, 1");
    }

    @Test
    void anEmptyAnswerCountsWhereItIsSaidTo() {
        watch.become(spec("shop", INTERVAL, false));
        source.say("a:1");
        start();
        source.say("");
        pass(INTERVAL.multipliedBy(2));

        assertThat(ids()).isEmpty();
        assertThat(watch.answers(AnswerKind.EMPTY)).isZero();
        assertThat(watch.age()).isLessThan(INTERVAL.multipliedBy(2));
    }

    @Test
    void anAnswerThatIsTooLongIsNone() {
        source.say("a:1");
        start();
        source.say(
                IntStream.rangeClosed(1, 1_001).mapToObj(i -> "m" + i + ":" + i).collect(Collectors.joining(" ")));
        pass(INTERVAL.multipliedBy(2));

        assertThat(ids()).containsExactly("a");
        assertThat(lines().get(1)).contains("more members than 1000 (expected: at most 1000)");
    }

    @Test
    void aComplaintIsSaidOnceUntilItIsOver() {
        source.say("a:1", "member a: odd");
        start();
        pass(INTERVAL.multipliedBy(3));
        assertThat(lines()).filteredOn(line -> line.contains("odd")).hasSize(1);

        source.say("a:1");
        pass(INTERVAL.multipliedBy(2));
        source.say("a:1", "member a: odd");
        pass(INTERVAL.multipliedBy(2));
        assertThat(lines()).filteredOn(line -> line.contains("odd")).hasSize(2);
    }

    @Test
    void aHintIsFollowedAtOnceButNotMoreOftenThanOnceASecond() {
        source.say("a:1");
        start();
        pass(Duration.ofSeconds(10));
        watch.askSoon();
        pass(Duration.ZERO);
        assertThat(source.questions()).isEqualTo(2);

        for (int i = 0; i < 100; i++) {
            watch.askSoon();
            pass(Duration.ofMillis(20));
        }
        assertThat(source.questions()).isBetween(3, 4);
    }

    @Test
    void aHintWhileAQuestionIsUnderWayIsNotForgotten() {
        source.hang();
        start();
        watch.askSoon();
        pass(Duration.ofSeconds(2));
        assertThat(source.questions()).isEqualTo(1);

        source.say("a:1");
        pass(TIMEOUT.minusSeconds(2));
        assertThat(ids()).containsExactly("a");
    }

    @Test
    void whatIsDeclaredAnewIsAskedForAtOnceAndTheOldMembersStayUntilThen() {
        source.say("a:1");
        start();
        source.hang();
        watch.become(spec("other", Duration.ofSeconds(1), true));
        pass(Duration.ofSeconds(1));
        assertThat(ids()).containsExactly("a");
        assertThat(source.questions()).isEqualTo(2);
        assertThat(source.closed()).isEqualTo(1);

        source.say("b:2");
        pass(TIMEOUT.plusSeconds(2));
        assertThat(ids()).containsExactly("b");
    }

    @Test
    void afterItIsClosedNobodyIsAsked() {
        source.say("a:1");
        start();
        watch.close();
        watch.askSoon();
        pass(INTERVAL.multipliedBy(3));

        assertThat(source.questions()).isEqualTo(1);
        assertThat(source.closed()).isEqualTo(1);
    }

    @Test
    void whoFailsToTakeTheMembersIsToldOfThemAgain() {
        source.say("a:1");
        List<String> told = new ArrayList<>();
        MemberWatch watch = new MemberWatch(
                "shop", spec("shop", INTERVAL, true), declared -> source, time, this::nanos, new Random(1), () -> {
                    told.add("told");
                    if (told.size() == 1) {
                        throw new IllegalStateException("not now");
                    }
                });
        watch.start();
        pass(Duration.ofSeconds(3));

        assertThat(told).hasSize(2);
        watch.close();
    }

    private MemberWatch watch(DiscoverySpec spec) {
        return new MemberWatch(
                "shop", spec, declared -> source, time, this::nanos, new Random(1), () -> found.add(ids()));
    }

    private long nanos() {
        return time.now(TimeUnit.NANOSECONDS);
    }

    private void start() {
        watch.start();
        pass(Duration.ZERO);
    }

    private void pass(Duration duration) {
        time.advanceTimeBy(duration);
    }

    private List<String> ids() {
        return watch.members().stream().map(member -> member.id()).toList();
    }

    private List<String> lines() {
        return lines.list.stream()
                .map(line -> line.getLevel() + " " + line.getFormattedMessage())
                .toList();
    }

    private static DiscoverySpec spec(String service, Duration interval, boolean keepsWhenEmpty) {
        return new DiscoverySpec(
                new DiscoverySpec.Source.Registry(service, Optional.empty()),
                interval,
                TIMEOUT,
                keepsWhenEmpty,
                Map.of());
    }
}
