package io.mooring.discovery;

import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.topology.DiscoverySpec;
import io.mooring.balancer.upstream.Backend;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Keeps asking for the members of one upstream. Without an answer, those known stay, and the question is repeated soon,
 * and then less and less often, but no less than otherwise.
 *
 * <p>What it knows may be read by any thread. All else is confined to the one thread of its scheduler; its methods hand
 * over to that, and return at once.
 */
final class MemberWatch implements AutoCloseable {

    /** The most members that an answer may have: each has metrics, and a place in tables. */
    static final int MAX_MEMBERS = 1_000;

    /** Between the beginnings of two questions, at least. */
    private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);

    /** How much an interval varies, so that the questions of many upstreams do not come together. */
    private static final double JITTER = 0.1;

    private static final int MAX_DOUBLINGS = 12;

    private final Function<DiscoverySpec, MemberSource> sources;
    private final Scheduler scheduler;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final Runnable found;
    private final MemberLog log;
    private final long begun;
    private final CountDownLatch attempted = new CountDownLatch(1);
    private final Map<AnswerKind, LongAdder> answers = new EnumMap<>(AnswerKind.class);
    private volatile List<Backend> members = List.of();
    private volatile long lastGood;
    private volatile DiscoverySpec spec;
    private @Nullable MemberSource source;
    private Disposable question = Disposables.disposed();
    private Disposable next = Disposables.disposed();
    private long lastAsked;
    private int failures;
    private boolean asking;
    private boolean again;
    private boolean closed;

    /**
     * A watch that has not asked yet.
     *
     * @param sources make what is asked, which is closed here
     * @param scheduler of one thread, which may block; stays its owner's
     * @param found called after each answer that counts, on that thread
     */
    MemberWatch(
            String upstream,
            DiscoverySpec spec,
            Function<DiscoverySpec, MemberSource> sources,
            Scheduler scheduler,
            Ticker ticker,
            RandomGenerator random,
            Runnable found) {
        this.spec = spec;
        this.sources = sources;
        this.scheduler = scheduler;
        this.ticker = ticker;
        this.random = random;
        this.found = found;
        this.log = new MemberLog(upstream);
        for (AnswerKind kind : AnswerKind.values()) {
            answers.put(kind, new LongAdder());
        }
        this.begun = ticker.nanos();
        this.lastGood = begun;
        this.lastAsked = begun - LEAST_PAUSE.toNanos();
    }

    /** What it goes by. */
    DiscoverySpec spec() {
        return spec;
    }

    /** The members that the last answer that counts has. */
    List<Backend> members() {
        return members;
    }

    /** How long ago there was an answer that counts, or, if there was none yet, since when it is asked for. */
    Duration age() {
        return Duration.ofNanos(ticker.nanos() - lastGood);
    }

    /** How often a question ended so. */
    long answers(AnswerKind kind) {
        return counter(kind).sum();
    }

    /** Waits until the first question has ended in any way; false if it has not in time. */
    boolean awaitAttempt(Duration limit) throws InterruptedException {
        return attempted.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    void start() {
        hand(this::ask);
    }

    /** Goes on by what is declared now. What is known stays until there is an answer. */
    void become(DiscoverySpec declared) {
        spec = declared;
        hand(() -> {
            letGo();
            failures = 0;
            ask();
        });
    }

    /** Asks at once, or as soon as the question under way has ended. */
    void askSoon() {
        hand(() -> {
            if (asking) {
                again = true;
            } else {
                askAfter(pause());
            }
        });
    }

    @Override
    public void close() {
        hand(() -> {
            closed = true;
            letGo();
        });
    }

    private void ask() {
        if (closed) {
            return;
        }
        next.dispose();
        asking = true;
        again = false;
        lastAsked = ticker.nanos();
        Duration timeout = spec.timeout();
        question = Mono.defer(() -> source().ask())
                .timeout(timeout, scheduler)
                .onErrorMap(
                        TimeoutException.class,
                        late -> new NoAnswerException("no answer within " + timeout.toSeconds() + " s"))
                .publishOn(scheduler)
                .subscribe(this::answered, this::failed);
    }

    private void answered(Answer answer) {
        int size = answer.members().size();
        if (size > MAX_MEMBERS) {
            failed(new NoAnswerException(
                    "more members than " + MAX_MEMBERS + " (expected: at most " + MAX_MEMBERS + ")"));
            return;
        }
        log.complain(answer.complaints());
        if (size == 0 && spec.keepsWhenEmpty()) {
            lost(AnswerKind.EMPTY, "an answer without members");
            return;
        }
        long now = ticker.nanos();
        log.answered(name(), Duration.ofNanos(now - lastGood));
        lastGood = now;
        failures = 0;
        List<Backend> before = members;
        if (!before.equals(answer.members())) {
            members = answer.members();
            log.changed(before, members);
        }
        found.run();
        ended(AnswerKind.GOOD, varied(spec.interval()));
    }

    private void failed(Throwable problem) {
        String message = problem.getMessage();
        lost(
                AnswerKind.FAILED,
                problem instanceof NoAnswerException && message != null ? message : String.valueOf(problem));
    }

    private void lost(AnswerKind kind, String reason) {
        log.lost(name(), reason, members.size());
        Duration soon = LEAST_PAUSE.multipliedBy(1L << Math.min(failures++, MAX_DOUBLINGS));
        ended(kind, varied(soon.compareTo(spec.interval()) < 0 ? soon : spec.interval()));
    }

    private void ended(AnswerKind kind, Duration pause) {
        counter(kind).increment();
        attempted.countDown();
        asking = false;
        askAfter(again ? pause() : pause);
    }

    private void askAfter(Duration pause) {
        next.dispose();
        if (!closed) {
            next = scheduler.schedule(this::ask, pause.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** How long not to ask yet. */
    private Duration pause() {
        return Duration.ofNanos(Math.max(0, lastAsked + LEAST_PAUSE.toNanos() - ticker.nanos()));
    }

    private Duration varied(Duration interval) {
        return Duration.ofNanos((long) (interval.toNanos() * (1 - JITTER + 2 * JITTER * random.nextDouble())));
    }

    private MemberSource source() {
        MemberSource asked = source;
        if (asked == null) {
            asked = sources.apply(spec);
            source = asked;
        }
        return asked;
    }

    private String name() {
        DiscoverySpec.Source asked = spec.source();
        if (asked instanceof DiscoverySpec.Source.Registry service) {
            return "service " + service.serviceId();
        }
        return asked instanceof DiscoverySpec.Source.Names names ? "name " + names.name() : asked.toString();
    }

    private LongAdder counter(AnswerKind kind) {
        return Objects.requireNonNull(answers.get(kind), "there is one of each");
    }

    private void letGo() {
        next.dispose();
        question.dispose();
        asking = false;
        if (source != null) {
            source.close();
            source = null;
        }
    }

    private void hand(Runnable task) {
        try {
            scheduler.schedule(task);
        } catch (RejectedExecutionException e) {
            attempted.countDown(); // the gateway stops
        }
    }
}
