package dev.matviews.postgres;

import dev.matviews.plan.ObservedView;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.refresh.RefreshState;
import org.jspecify.annotations.Nullable;

/** What one query found about one view. */
public record Observation(ObservedView view, RefreshState refresh) {

  /** The server's estimate, null when it has none. */
  public @Nullable Long rowEstimate() {
    return view.relation().map(Relation::rows).filter(rows -> rows >= 0).orElse(null);
  }
}
