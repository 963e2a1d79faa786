package dev.matviews.refresh;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A view that another one stands on, at one moment.
 *
 * @param name in PostgreSQL
 * @param asOf the database's clock before its last refresh, null before the first
 * @param visibleSince the database's clock when that refresh had ended
 * @param failed whether its last refresh failed, or that of a view that it stands on
 * @param busy whether it is refreshed or about to be, or a view that it stands on is
 */
public record Upstream(
    String name,
    boolean populated,
    @Nullable Instant asOf,
    @Nullable Instant visibleSince,
    boolean failed,
    boolean busy) {}
