package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The name of a key in a Secret, never its value. */
@JacksonAnnotationsInside
@Size(min = 1, max = 253)
@ValidationRule(
    value = "self.matches('^[A-Za-z0-9._-]+$')",
    message = "give the name of a key in the Secret: letters, digits, dot, dash and underscore")
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD})
@interface SecretKey {}
