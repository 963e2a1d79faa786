/** Measurements that the documentation quotes, each with a command that takes them again. */
@NullMarked
package dev.matviews.bench;

import org.jspecify.annotations.NullMarked;
