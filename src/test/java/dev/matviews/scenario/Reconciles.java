package dev.matviews.scenario;

import dev.matviews.playground.OperatorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** How often an operator has been asked to look at an object, by its own metrics. */
final class Reconciles {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private Reconciles() {}

  static long of(OperatorProcess operator) {
    return page(operator)
        .lines()
        .filter(line -> line.startsWith("reconciliations_started_total"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static String page(OperatorProcess operator) {
    try {
      return CLIENT
          .send(
              HttpRequest.newBuilder(URI.create(operator.url() + "/q/metrics")).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
