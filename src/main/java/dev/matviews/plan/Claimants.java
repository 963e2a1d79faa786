package dev.matviews.plan;

/** Who still wants the views that they once claimed. */
@FunctionalInterface
public interface Claimants {

  /** Where nobody is known to have gone. */
  Claimants ALL_THERE = (view, claim) -> false;

  /**
   * Whether nobody looks after the view any more, so that what is written down of it is all there
   * is. Of another operator's objects nothing is known: they are not gone.
   */
  boolean areGone(QualifiedName view, Claim claim);
}
