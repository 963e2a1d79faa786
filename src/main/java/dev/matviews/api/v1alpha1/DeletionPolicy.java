package dev.matviews.api.v1alpha1;

/** What becomes of the view when its object is deleted. */
public enum DeletionPolicy {
  Retain,
  Delete
}
