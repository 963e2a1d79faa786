package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A name in PostgreSQL, with its schema and a dot before it or without. The first dot parts them,
 * since a collation such as en_US.utf8 has a dot of its own.
 */
@JacksonAnnotationsInside
@Size(min = 1, max = 127)
@ValidationRule(
    value =
        "self.matches('^[^.]+([.].+)?$') && !self.contains('\\u0000')"
            + " && size(bytes(self)) <= 127",
    message = "give a name, or schema.name, each of at most 63 bytes and without NUL characters")
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD})
@interface QualifiedIdentifier {}
