package dev.matviews.api.v1alpha1;

/** The types of the conditions in a status. */
public final class ConditionType {

  public static final String READY = "Ready";
  public static final String RECONCILING = "Reconciling";
  public static final String STALLED = "Stalled";
  public static final String REFRESHED = "Refreshed";
  public static final String DRIFTED = "Drifted";
  public static final String COMPLETE = "Complete";
  public static final String FAILED = "Failed";
  public static final String FRESH = "Fresh";

  private ConditionType() {}
}
