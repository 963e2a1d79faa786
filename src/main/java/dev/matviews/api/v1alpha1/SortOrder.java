package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which way a key of an index is sorted. */
public enum SortOrder {
  @JsonProperty("asc")
  ASC,
  @JsonProperty("desc")
  DESC
}
