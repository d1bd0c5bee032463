package io.mooring.gateway.tls;

import io.mooring.l4.tls.TlsSetupException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do about an SSL bundle that cannot be used. */
final class TlsSetupFailureAnalyzer extends AbstractFailureAnalyzer<TlsSetupException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, TlsSetupException cause) {
        return new FailureAnalysis(
                String.valueOf(cause.getMessage()),
                "Look at spring.ssl.bundle.pem." + cause.bundle() + " or spring.ssl.bundle.jks." + cause.bundle()
                        + " and the files that it names.",
                cause);
    }
}
