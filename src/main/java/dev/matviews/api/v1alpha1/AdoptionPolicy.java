package dev.matviews.api.v1alpha1;

/** Which view, that is there already, is taken over. */
public enum AdoptionPolicy {
  IfIdentical,
  Always
}
