package io.mooring.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.PlaceholderResolutionException;

/**
 * Goes on binding after a value that does not fit, and remembers both the violation and which
 * properties there are. In place of the value, its property's default is bound.
 */
final class CollectingBindHandler implements BindHandler {

    private final Findings findings;
    private final Set<ConfigurationPropertyName> known = new LinkedHashSet<>();
    private final Map<ConfigurationPropertyName, Bindable<?>> blocks = new LinkedHashMap<>();

    CollectingBindHandler(Findings findings) {
        this.findings = findings;
    }

    /** The properties that were looked for. */
    Set<ConfigurationPropertyName> known() {
        return known;
    }

    /** Those that were looked for and have keys below them, with what they are bound to. */
    Map<ConfigurationPropertyName, Bindable<?>> blocks() {
        return blocks;
    }

    @Override
    public <T> Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
        known.add(name);
        if (ExpectedValue.isBlock(target)) {
            blocks.put(name, target);
        }
        return target;
    }

    @Override
    public @Nullable Object onSuccess(
            ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
        if (isInRange(target, result)) {
            return result;
        }
        findings.violation(name, ExpectedValue.of(target), ExpectedValue.action(target));
        return null;
    }

    @Override
    public @Nullable Object onFailure(
            ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error) {
        if (error instanceof UnboundConfigurationPropertiesException) {
            // A list ends for Spring at an element of which nothing could be bound; its elements are bound one by one.
            return null;
        }
        if (error instanceof PlaceholderResolutionException placeholder) {
            String missing = placeholder.getPlaceholder().split(":", 2)[0];
            findings.violation(
                    name,
                    "a value for ${" + missing + "}",
                    "Set " + missing + " in the environment, or give it a default as in ${" + missing + ":default}.");
        } else {
            findings.violation(name, ExpectedValue.of(target), ExpectedValue.action(target));
        }
        return null;
    }

    private static boolean isInRange(Bindable<?> target, Object value) {
        DurationRange durations = target.getAnnotation(DurationRange.class);
        if (durations != null && value instanceof Duration duration) {
            return duration.compareTo(DurationStyle.detectAndParse(durations.min())) >= 0
                    && duration.compareTo(DurationStyle.detectAndParse(durations.max())) <= 0
                    && (!durations.wholeSeconds() || duration.toNanosPart() == 0);
        }
        IntRange numbers = target.getAnnotation(IntRange.class);
        if (numbers != null && value instanceof Integer number) {
            return number >= numbers.min() && number <= numbers.max();
        }
        return true;
    }
}
