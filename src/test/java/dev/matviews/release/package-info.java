/** What a release consists of, once it is packaged. */
@NullMarked
package dev.matviews.release;

import org.jspecify.annotations.NullMarked;
