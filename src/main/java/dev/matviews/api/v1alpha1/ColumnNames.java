package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Columns of the view by their names, as many as an index in PostgreSQL may have. */
@JacksonAnnotationsInside
@Size(min = 1, max = 32)
@ValidationRule(
    value = "self.all(c, size(bytes(c)) <= 63 && !c.contains('\\u0000'))",
    message = "a name in PostgreSQL has at most 63 bytes and no NUL character")
@ValidationRule(
    value = "self.all(c, self.exists_one(d, d == c))",
    message = "a column is named twice: remove one of them")
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD})
@interface ColumnNames {}
