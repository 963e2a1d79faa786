package dev.matviews.plan;

/**
 * A column of a view.
 *
 * @param type as PostgreSQL prints it, with its modifier
 */
public record Column(String name, String type) {}
