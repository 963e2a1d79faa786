package dev.matviews.bench;

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
 * @param series of metrics that it shows
 */
record Footprint(long heapBytes, long threads, long series) {

  static Footprint of(OperatorProcess operator) throws IOException, InterruptedException {
    operator.jcmd("GC.run");
    String metrics =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(operator.url() + "/q/metrics")).build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    return new Footprint(
        sum(metrics, "jvm_memory_used_bytes{area=\"heap\""),
        sum(metrics, "jvm_threads_live_threads"),
        metrics.lines().filter(line -> !line.startsWith("#")).count());
  }

  private static long sum(String metrics, String series) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
