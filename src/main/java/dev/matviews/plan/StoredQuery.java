package dev.matviews.plan;

/**
 * What PostgreSQL has stored as the query of a view, as it read at one moment.
 *
 * <p>Beside a definition it is written down as it was when the two were known to be the same. What
 * has happened since, even a moment ago, then shows as a difference.
 *
 * @param fingerprint changes when the stored query or a name that it refers to changes
 * @param sourceColumns changes when a relation that the query names gains or loses a column
 */
public record StoredQuery(String fingerprint, String sourceColumns) {}
