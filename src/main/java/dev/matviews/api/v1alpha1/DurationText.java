package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A duration as Go and CEL read it, without days: {@code 100ms}, {@code 90s}, {@code 1h30m}. */
@JacksonAnnotationsInside
@Pattern(DurationText.PATTERN)
@Size(max = 32)
@ValidationRule(
    value = "self.matches('" + DurationText.PATTERN + "')",
    message = "a duration is written such as 500ms, 90s or 1h30m; a day is 24h")
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD})
@interface DurationText {

  String PATTERN = "^([0-9]+(ms|s|m|h))+$";

  /** Begins a rule about the bounds: what is no duration is told once, and not converted. */
  String NONE_OR = "!self.matches('" + PATTERN + "') || ";
}
