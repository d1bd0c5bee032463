package io.mooring.gateway.keys;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do about a key file that cannot be used. */
final class SigningKeyFailureAnalyzer extends AbstractFailureAnalyzer<SigningKeyException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SigningKeyException cause) {
        return new FailureAnalysis(
                String.valueOf(cause.getMessage()),
                "Make mooring.data-dir a directory that this user may write, and the key file one that only this"
                        + " user may read. Or set mooring.persistence.keys. A key file that is removed is made anew,"
                        + " and the sessions of the old key end.",
                cause);
    }
}
