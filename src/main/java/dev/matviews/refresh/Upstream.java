package dev.matviews.refresh;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A view that another one stands on, at one moment.
 *
 * @param name in PostgreSQL
 * @param asOf the database's clock before its last refresh, null before the first
 * @param visibleSince the database's clock when that refresh had ended
 * @param fillsItself whether it will hold data though nobody does anything
 * @param failed where its last refresh failed its name, else those of the ones that it stands on
 * @param busy whether it is refreshed or about to be, or a view that it stands on is
 */
public record Upstream(
    String name,
    boolean populated,
    boolean fillsItself,
    @Nullable Instant asOf,
    @Nullable Instant visibleSince,
    List<String> failed,
    boolean busy) {

  public Upstream {
    failed = List.copyOf(failed);
  }
}
