package dev.matviews.postgres;

import org.postgresql.jdbc.SslMode;

/** How far the server has to prove who it is; the words are libpq's. */
public enum TlsMode {
  DISABLE(SslMode.DISABLE),
  REQUIRE(SslMode.REQUIRE),
  VERIFY_CA(SslMode.VERIFY_CA),
  VERIFY_FULL(SslMode.VERIFY_FULL);

  private final SslMode driver;

  TlsMode(SslMode driver) {
    this.driver = driver;
  }

  String driverValue() {
    return driver.value;
  }

  boolean verifiesChain() {
    return this == VERIFY_CA || this == VERIFY_FULL;
  }
}
