package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where a key of an index sorts nulls. */
public enum NullsOrder {
  @JsonProperty("first")
  FIRST,
  @JsonProperty("last")
  LAST
}
