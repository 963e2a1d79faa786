package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The form of an IANA time zone's name. Whether there is such a zone only the operator knows; the
 * form keeps out PostgreSQL's POSIX zones, whose sign means the opposite.
 */
@JacksonAnnotationsInside
@Size(min = 1, max = 64)
@ValidationRule(
    value = "self.matches('^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$')",
    message = "a time zone is an IANA name such as Europe/Berlin or UTC")
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD})
@interface TimeZoneName {}
