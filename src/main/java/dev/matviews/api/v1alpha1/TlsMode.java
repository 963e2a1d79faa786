package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** libpq's sslmode, without the modes that fall back to plain text unasked. */
public enum TlsMode {
  @JsonProperty("disable")
  DISABLE,
  @JsonProperty("require")
  REQUIRE,
  @JsonProperty("verify-ca")
  VERIFY_CA,
  @JsonProperty("verify-full")
  VERIFY_FULL
}
