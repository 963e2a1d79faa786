package dev.matviews.bench;

/** One measurement, with servers of its own. */
@FunctionalInterface
interface Benchmark {

  /**
   * Adds its sections to the report.
   *
   * @param everything the long form
   */
  void measure(Report report, boolean everything) throws Exception;
}
