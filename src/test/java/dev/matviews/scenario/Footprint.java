package dev.matviews.scenario;

import dev.matviews.playground.OperatorProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/**
 * What the operator holds, by its own metrics.
 *
 * @param heapBytes right after a garbage collection
 * @param files open ones, sockets among them
 */
record Footprint(long threads, long heapBytes, long files) {

  /** One for all: each keeps a connection, which is an open file of the operator's. */
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  static Footprint of(OperatorProcess operator) throws IOException, InterruptedException {
    operator.jcmd("GC.run");
    String metrics =
        HTTP.send(
                HttpRequest.newBuilder(URI.create(operator.url() + "/q/metrics")).build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    return new Footprint(
        sum(metrics, "jvm_threads_live_threads"),
        sum(metrics, "jvm_memory_used_bytes{area=\"heap\""),
        sum(metrics, "process_files_open_files"));
  }

  private static long sum(String metrics, String series) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
