package dev.matviews.scenario;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Parts of those lines at WARN or ERROR that the operator may log in a scenario, or in all of a
 * class. Any other such line fails it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@interface ExpectLog {
  String[] value();
}
