package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Settings that change how fast a query runs and never what it returns, nor what its session may
 * do.
 */
@JacksonAnnotationsInside
@Size(max = 32)
@ValidationRule(
    value =
        "self.all(k, k in ['work_mem', 'maintenance_work_mem', 'hash_mem_multiplier',"
            + " 'max_parallel_workers_per_gather', 'max_parallel_maintenance_workers', 'jit']"
            + " || (size(k) <= 63 && k.matches('^enable_[a-z_]+$')))",
    message =
        "the settings are work_mem, maintenance_work_mem, hash_mem_multiplier,"
            + " max_parallel_workers_per_gather, max_parallel_maintenance_workers, jit and the"
            + " planner's enable_*")
@ValidationRule(
    value = "self.all(k, self[k].matches('^[A-Za-z0-9. ]+$'))",
    message = "a setting's value has letters, digits, dots and blanks alone, such as 64MB")
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD})
@interface SessionSettings {}
