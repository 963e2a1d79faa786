package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import io.fabric8.generator.annotation.ValidationRule;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** One SQL expression over the view's columns. */
@JacksonAnnotationsInside
@ValidationRule(
    value = "self.matches('\\\\S') && !self.contains('\\u0000')",
    message = "give one SQL expression: not only white space, and without NUL characters")
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD})
@interface Expression {}
