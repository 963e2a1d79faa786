package dev.matviews.plan;

/**
 * An index of ours as it was when we made it or took it over.
 *
 * @param hash of what the spec asked for
 * @param shape of what the server made of that
 */
public record RecordedIndex(String name, String hash, String shape) {}
