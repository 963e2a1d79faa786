/**
 * PostgreSQL: the only package that speaks JDBC. It carries out what {@code plan} and {@code
 * refresh} decide and decides nothing itself.
 */
@NullMarked
package dev.matviews.postgres;

import org.jspecify.annotations.NullMarked;
