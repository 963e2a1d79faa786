package dev.matviews.api.v1alpha1;

/** What is done about changes made by hand. */
public enum DriftPolicy {
  Correct,
  Report
}
