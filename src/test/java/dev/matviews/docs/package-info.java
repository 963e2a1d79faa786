/** Holds what the documentation says equal to what is so. */
@NullMarked
package dev.matviews.docs;

import org.jspecify.annotations.NullMarked;
