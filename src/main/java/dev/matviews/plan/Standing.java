package dev.matviews.plan;

/**
 * What decides whether another relation could take a view's place, and whom that would concern.
 *
 * @param replaceable whether the operator could make one that has the same owner and grants
 * @param onTop what stands directly on the view
 * @param standbys whether other servers follow this one, whose readers a lock that is replayed
 *     there would cancel
 */
public record Standing(boolean replaceable, OnTop onTop, boolean standbys) {

  /** The worst of all that stands on a view. */
  public enum OnTop {
    Nothing,
    /** Plain views, which are pointed at the new relation in the moment of a swap. */
    Views,
    /** Materialized views of ours, each of which would have to be built anew. */
    ManagedViews,
    /** What nobody could point elsewhere. */
    Others
  }
}
