package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The parameters of a relation's WITH clause. Both sides are plain words, so that none is ever more
 * than a parameter.
 */
@JacksonAnnotationsInside
@Size(max = 16)
@ValidationRule(
    value = "self.all(k, size(k) <= 63 && k.matches('^[a-z_][a-z0-9_]*$'))",
    message =
        "a parameter's name has small letters, digits and underscores, such as fillfactor, and"
            + " at most 63 of them")
@ValidationRule(
    value = "self.all(k, self[k].matches('^[A-Za-z0-9_.+-]+$'))",
    message =
        "a parameter's value has letters, digits, underscores, dots, + and - alone, such as 70")
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD})
@interface StorageParameters {}
