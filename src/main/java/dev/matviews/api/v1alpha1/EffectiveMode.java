package dev.matviews.api.v1alpha1;

/** How a view is in fact refreshed, once Auto is decided; Swap brings a changed definition live. */
public enum EffectiveMode {
  Standard,
  Concurrent,
  Swap
}
