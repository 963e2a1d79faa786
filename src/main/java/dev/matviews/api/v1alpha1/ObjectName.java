package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The name of another Kubernetes object; it is always looked for in the same namespace. */
@JacksonAnnotationsInside
@Size(min = 1, max = 253)
@ValidationRule(
    value = "self.matches('" + ObjectName.PATTERN + "')",
    message = "name an object of the same namespace by its metadata.name alone")
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD})
public @interface ObjectName {

  /** Anything else could be a path to an object of another namespace. */
  String PATTERN = "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$";
}
