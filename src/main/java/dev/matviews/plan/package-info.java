/**
 * What must change in the database so that a view matches its spec. Pure: JDK only, no clock, no
 * I/O.
 */
@NullMarked
package dev.matviews.plan;

import org.jspecify.annotations.NullMarked;
