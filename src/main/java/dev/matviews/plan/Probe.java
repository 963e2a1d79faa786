package dev.matviews.plan;

/** What a scratch view made of the wanted SQL and rolled back showed. */
public enum Probe {
  /** Not asked: hash and fingerprint agree, or there is no view to compare with. */
  NotNeeded,
  Same,
  Different
}
