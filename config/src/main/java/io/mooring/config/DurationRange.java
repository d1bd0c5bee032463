package io.mooring.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The durations that a property takes, ends included. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.PARAMETER, ElementType.FIELD})
@interface DurationRange {

    /** The shortest, as the configuration would write it. */
    String min();

    /** The longest, as the configuration would write it. */
    String max();

    /** Whether it is a whole number of seconds. */
    boolean wholeSeconds() default false;
}
