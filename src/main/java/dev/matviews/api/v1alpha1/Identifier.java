package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A name in PostgreSQL, which cuts silently what is longer than 63 bytes. The size counts
 * characters, so the rule counts the bytes.
 */
@JacksonAnnotationsInside
@Size(min = 1, max = 63)
@ValidationRule(
    value = "size(bytes(self)) <= 63 && !self.contains('\\u0000')",
    message = "a name in PostgreSQL has at most 63 bytes and no NUL character")
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD})
@interface Identifier {}
