package dev.matviews.postgres;

import org.jspecify.annotations.Nullable;

/**
 * On which terms a database is used.
 *
 * @param allowPrivilegedRole whether a login will do that may more than any view should
 * @param readReplicas whether readers use standbys; null where the server is to be asked
 */
public record Terms(
    String bookkeepingSchema, boolean allowPrivilegedRole, @Nullable Boolean readReplicas) {}
