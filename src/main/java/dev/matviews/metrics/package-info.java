/** What the operator tells Prometheus: names, and where their values go. */
@NullMarked
package dev.matviews.metrics;

import org.jspecify.annotations.NullMarked;
