package dev.matviews.playground;

/**
 * What an operator holds at one moment.
 *
 * @param heapBytes of the objects that something still refers to
 * @param files open ones, sockets among them
 * @param series of metrics that it shows
 */
public record Footprint(long heapBytes, long threads, long files, long series) {

  public static Footprint of(OperatorProcess operator) {
    // First: it brings a thread and metrics of its own, which the first footprint is to have too.
    long heapBytes = reachable(operator.jcmd("GC.class_histogram"));
    String metrics = operator.metrics();
    return new Footprint(
        heapBytes,
        value(metrics, "jvm_threads_live_threads"),
        value(metrics, "process_files_open_files"),
        metrics.lines().filter(line -> !line.startsWith("#")).count());
  }

  /**
   * The JVM collects and counts in one stop. Used heap, asked for after a collection, holds as well
   * what was allocated until the answer, which on a busy machine is any amount.
   */
  private static long reachable(String histogram) {
    String total =
        histogram.lines().filter(line -> line.startsWith("Total")).findFirst().orElseThrow();
    return last(total);
  }

  private static long value(String metrics, String series) {
    return metrics.lines().filter(line -> line.startsWith(series)).mapToLong(Footprint::last).sum();
  }

  private static long last(String line) {
    return (long) Double.parseDouble(line.strip().substring(line.strip().lastIndexOf(' ') + 1));
  }
}
