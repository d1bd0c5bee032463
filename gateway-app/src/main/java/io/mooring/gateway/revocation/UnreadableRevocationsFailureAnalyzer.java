package io.mooring.gateway.revocation;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do about a file of revocations that cannot be read. */
final class UnreadableRevocationsFailureAnalyzer extends AbstractFailureAnalyzer<UnreadableRevocationsException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnreadableRevocationsException cause) {
        return new FailureAnalysis(
                String.valueOf(cause.getMessage()),
                "Mend the file. If you remove it, sessions that were ended go on: end them again.",
                cause);
    }
}
