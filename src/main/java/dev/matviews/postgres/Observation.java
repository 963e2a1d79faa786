package dev.matviews.postgres;

import dev.matviews.plan.ObservedView;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.refresh.ModeFacts;
import dev.matviews.refresh.RefreshState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one query found about one view.
 *
 * @param origin the OID that the view had when its definition came to life, which a refresh by swap
 *     changes; 0 where there is no view
 * @param upstreams the materialized views that its query reads, also through plain views
 */
public record Observation(
    ObservedView view, RefreshState refresh, long origin, List<String> upstreams) {

  public Observation {
    upstreams = List.copyOf(upstreams);
  }

  public ModeFacts modeFacts() {
    return ModeFacts.of(view, refresh);
  }

  /** The server's estimate, null when it has none. */
  public @Nullable Long rowEstimate() {
    return view.relation().map(Relation::rows).filter(rows -> rows >= 0).orElse(null);
  }
}
