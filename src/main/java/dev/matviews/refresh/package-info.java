/** When and how a view is refreshed. Pure: no clock of its own, no I/O. */
@NullMarked
package dev.matviews.refresh;

import org.jspecify.annotations.NullMarked;
