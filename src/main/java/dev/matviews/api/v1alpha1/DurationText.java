package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A duration as Go and CEL read it, without days: {@code 100ms}, {@code 90s}, {@code 1h30m}. */
@JacksonAnnotationsInside
@Pattern("^([0-9]+(ms|s|m|h))+$")
@Size(max = 32)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD})
@interface DurationText {}
