package io.mooring.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.topology.ProbeSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GrpcProbeTest {

    private static final ProbeSpec SERVER = new ProbeSpec.Grpc("", null);

    private static Prober prober;

    @BeforeAll
    static void start() {
        prober = new Prober();
    }

    @AfterAll
    static void stop() {
        prober.close();
    }

    @ParameterizedTest(name = "{0} with status {1}: {3}")
    @CsvSource({
        "00000000020801, 0, true, SERVING",
        "00000000020802, 0, false, NOT_SERVING",
        "0000000000, 0, false, UNKNOWN",
        "00000000020801, 13, false, gRPC status 13",
        "'', 12, false, gRPC status 12",
        "'', 0, false, a malformed answer",
        "00000000020801, '', false, it ended without a gRPC status",
        "reset, '', false, it reset the stream: error 2"
    })
    void anAnswerIsJudged(String answer, String grpcStatus, boolean good, String words) throws Exception {
        try (GrpcBackend backend = new GrpcBackend(answer, grpcStatus, null)) {
            assertThat(prober.probe(SERVER, backend.backend()))
                    .isEqualTo(good ? ProbeResult.good(words) : ProbeResult.bad(words));
        }
    }

    @Test
    void theServiceThatIsConfiguredIsAskedAbout() throws Exception {
        try (GrpcBackend backend = new GrpcBackend("00000000020801", "0", null)) {
            prober.probe(new ProbeSpec.Grpc("a", null), backend.backend());

            assertThat(backend.requests())
                    .containsExactly("POST /grpc.health.v1.Health/Check application/grpc " + Prober.USER_AGENT
                            + " 00000000030a0161");
        }
    }

    @Test
    void aBackendThatSpeaksAnotherProtocolIsBad() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 400 Bad\r\n\r\n")) {
            assertThat(prober.probe(SERVER, backend.backend()).good()).isFalse();
        }
    }
}
