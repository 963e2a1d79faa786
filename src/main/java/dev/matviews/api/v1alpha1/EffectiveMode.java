package dev.matviews.api.v1alpha1;

/** How a view is in fact refreshed, once Auto is decided. */
public enum EffectiveMode {
  Standard,
  Concurrent,
  Swap
}
