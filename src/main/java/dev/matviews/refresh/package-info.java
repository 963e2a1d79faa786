/**
 * When and how a view is refreshed. Pure: JDK and the cron library only, no clock, no I/O; the time
 * is always an argument.
 */
@NullMarked
package dev.matviews.refresh;

import org.jspecify.annotations.NullMarked;
