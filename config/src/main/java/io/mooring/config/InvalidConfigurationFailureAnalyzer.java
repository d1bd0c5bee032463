package io.mooring.config;

import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells, when Spring Boot fails to start, what is wrong with the configuration and what to do about it. */
final class InvalidConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<InvalidConfigurationException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidConfigurationException cause) {
        return new FailureAnalysis(
                "The configuration is invalid:" + lines(cause, Violation::toString),
                "Change these properties:" + lines(cause, v -> v.property() + ": " + v.action()),
                cause);
    }

    private static String lines(InvalidConfigurationException cause, Function<Violation, String> line) {
        return cause.violations().stream().map(line).collect(Collectors.joining("\n    ", "\n\n    ", ""));
    }
}
