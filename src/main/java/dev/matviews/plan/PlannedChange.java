package dev.matviews.plan;

/**
 * A rebuild that somebody has to approve first.
 *
 * @param hash what the approval has to name; another spec or another view in the database has
 *     another one
 * @param required whether the spec is not met without it
 */
public record PlannedChange(String hash, Step.Rebuild rebuild, boolean required) {}
