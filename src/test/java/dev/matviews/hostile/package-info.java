/** What somebody may write who means harm, or nothing by it. */
@NullMarked
package dev.matviews.hostile;

import org.jspecify.annotations.NullMarked;
