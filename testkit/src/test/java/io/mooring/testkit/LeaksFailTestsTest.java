package io.mooring.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class LeaksFailTestsTest {

    @Test
    void aBufferThatIsNeverReleasedFailsItsClass() {
        EngineExecutionResults results = run(Leaking.class);

        results.containerEvents().assertStatistics(stats -> stats.failed(1));
        assertThat(results.containerEvents().failed().stream())
                .singleElement()
                .asString()
                .contains("ByteBuf was not released")
                .contains("Leaking.forgetsItsBuffer");
    }

    @Test
    void aReleasedBufferFailsNothing() {
        run(Tidy.class).allEvents().assertStatistics(stats -> stats.failed(0));
    }

    @Test
    void aBlockedReactorThreadFailsTheTest() {
        Mono<Integer> blocking = Mono.fromCallable(() -> {
                    Thread.sleep(1);
                    return 1;
                })
                .subscribeOn(Schedulers.parallel());

        assertThatThrownBy(blocking::block).hasStackTraceContaining("Blocking call!");
    }

    private static EngineExecutionResults run(Class<?> testClass) {
        return EngineTestKit.engine("junit-jupiter")
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                .selectors(selectClass(testClass))
                .execute();
    }

    /** Run by the tests above only: its name is none that Surefire looks for. */
    static final class Leaking {
        @Test
        void forgetsItsBuffer() {
            assertThat(ByteBufAllocator.DEFAULT.buffer().writeInt(1).readableBytes())
                    .isEqualTo(4);
        }
    }

    static final class Tidy {
        @Test
        void releasesItsBuffer() {
            assertThat(ByteBufAllocator.DEFAULT.buffer().writeInt(1).release()).isTrue();
        }
    }
}
