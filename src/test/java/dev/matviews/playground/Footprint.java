package dev.matviews.playground;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/**
 * What an operator holds at one moment.
 *
 * @param heapBytes of the objects that something still refers to
 * @param files open ones, sockets among them
 * @param series of metrics that it shows
 */
public record Footprint(long heapBytes, long threads, long files, long series) {

  /** One for all: each keeps a connection, which is an open file of the operator's. */
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  public static Footprint of(OperatorProcess operator) throws IOException, InterruptedException {
    String metrics =
        HTTP.send(
                HttpRequest.newBuilder(URI.create(operator.url() + "/q/metrics")).build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    return new Footprint(
        reachable(operator.jcmd("GC.class_histogram")),
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
