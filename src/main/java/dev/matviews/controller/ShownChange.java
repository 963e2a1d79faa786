package dev.matviews.controller;

import dev.matviews.api.v1alpha1.PlannedChange;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.postgres.RebuildOutline;

/**
 * A change that waits for approval, as a status shows it: short, since a status is to stay small.
 */
final class ShownChange {

  private static final int LONGEST_STATEMENT = 256;

  private ShownChange() {}

  static PlannedChange of(dev.matviews.plan.PlannedChange change, Relation view) {
    return new PlannedChange(
        change.hash(),
        RebuildOutline.statements(change.rebuild(), view.dependents()).stream()
            .map(text -> ShortText.characters(text, LONGEST_STATEMENT))
            .toList(),
        RebuildOutline.locks(change.rebuild(), view.dependents().size()),
        view.bytes());
  }
}
