package dev.matviews.postgres;

import dev.matviews.plan.ObservedView;
import dev.matviews.refresh.RefreshState;

/** What one query found about one view. */
public record Observation(ObservedView view, RefreshState refresh) {}
