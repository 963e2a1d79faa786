package dev.matviews.plan;

/**
 * Something that changed in the database and not in the spec, and that is left as it is.
 *
 * @param message what it is, and what the user can do
 */
public record Drift(Reason reason, String message) {}
