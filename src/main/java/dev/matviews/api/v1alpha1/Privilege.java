package dev.matviews.api.v1alpha1;

/** What a role may be allowed to do with a materialized view. */
public enum Privilege {
  SELECT,
  MAINTAIN,
  REFERENCES,
  TRIGGER
}
