package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** PostgreSQL's own index access methods. */
public enum IndexMethod {
  @JsonProperty("btree")
  BTREE,
  @JsonProperty("hash")
  HASH,
  @JsonProperty("gin")
  GIN,
  @JsonProperty("gist")
  GIST,
  @JsonProperty("brin")
  BRIN,
  @JsonProperty("spgist")
  SPGIST
}
