package dev.matviews.plan;

import org.jspecify.annotations.Nullable;

/**
 * What a spec allows the operator to do by itself.
 *
 * @param changeNeedsApproval a changed definition waits until its plan is approved
 * @param adoptAlways a view that exists and is nobody's is taken over whatever its definition is
 * @param correctDrift what was changed by hand is put right and not only reported
 * @param approvedChange hash of the plan that was approved, null for none
 */
public record Policies(
    boolean changeNeedsApproval,
    boolean adoptAlways,
    boolean correctDrift,
    @Nullable String approvedChange) {

  public static final Policies DEFAULT = new Policies(false, false, true, null);
}
