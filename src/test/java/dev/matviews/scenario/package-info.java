/**
 * What users see: the packaged operator under its own roles, a real API server and a real
 * PostgreSQL.
 */
@NullMarked
package dev.matviews.scenario;

import org.jspecify.annotations.NullMarked;
