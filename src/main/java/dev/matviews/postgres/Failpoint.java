package dev.matviews.postgres;

/**
 * Kills the operator at a named place, so that a test can hit the moments of a crash that no signal
 * from outside would hit twice.
 */
final class Failpoint {

  private static final String PLACE =
      System.getProperty(
          "matviews.failpoint", System.getenv().getOrDefault("MATVIEWS_FAILPOINT", ""));

  private Failpoint() {}

  /** Without any clean-up, as SIGKILL would. */
  static void reach(String place) {
    if (place.equals(PLACE)) {
      Runtime.getRuntime().halt(137);
    }
  }
}
