package io.mooring.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/** What a property takes, in words, from its type and its range. */
final class ExpectedValue {

    private ExpectedValue() {}

    /** What the target takes. */
    static String of(Bindable<?> target) {
        DurationRange durations = target.getAnnotation(DurationRange.class);
        if (durations != null) {
            String kind = durations.wholeSeconds() ? "whole seconds" : "a duration";
            return kind + ", " + durations.min() + "-" + durations.max();
        }
        IntRange numbers = target.getAnnotation(IntRange.class);
        if (numbers != null) {
            return "a whole number, " + numbers.min() + "-" + numbers.max();
        }
        Class<?> type = type(target);
        if (type.isEnum()) {
            return constants(type);
        }
        if (type.isRecord()) {
            return "a block with "
                    + oneOf(Arrays.stream(type.getRecordComponents())
                            .map(component -> DataObjectPropertyName.toDashedForm(component.getName()))
                            .toList());
        }
        if (Map.class.isAssignableFrom(type)) {
            return "a block with an entry for each name";
        }
        if (Collection.class.isAssignableFrom(type)) {
            Class<?> element = target.getType().asCollection().resolveGeneric();
            return element != null && element.isEnum() ? "a list of " + constants(element) : "a list";
        }
        return type == boolean.class || type == Boolean.class ? "true or false" : "a text";
    }

    /** Whether the target takes keys and no value of its own. */
    static boolean isBlock(Bindable<?> target) {
        Class<?> type = type(target);
        return type.isRecord() || Map.class.isAssignableFrom(type);
    }

    /** What to do about a value that the target does not take. */
    static String action(Bindable<?> target) {
        Class<?> type = type(target);
        if (type == Duration.class) {
            return "Give a duration in this range with its unit, such as 45s, 15m or 1h.";
        }
        if (target.getAnnotation(IntRange.class) != null) {
            return "Give a whole number in this range.";
        }
        if (isBlock(target) || Collection.class.isAssignableFrom(type)) {
            return "Give it the shape that the documentation of this key shows.";
        }
        return "Give one of the values that are expected.";
    }

    /** An enum's constant as the configuration writes it. */
    static String key(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The texts as a choice. */
    static String oneOf(List<String> texts) {
        int last = texts.size() - 1;
        return last < 1 ? String.join("", texts) : String.join(", ", texts.subList(0, last)) + " or " + texts.get(last);
    }

    private static String constants(Class<?> type) {
        return oneOf(Arrays.stream(type.getEnumConstants())
                .map(constant -> key((Enum<?>) constant))
                .toList());
    }

    private static Class<?> type(Bindable<?> target) {
        return target.getType().resolve(Object.class);
    }
}
