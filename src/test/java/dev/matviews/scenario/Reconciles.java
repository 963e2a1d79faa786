package dev.matviews.scenario;

import dev.matviews.playground.OperatorProcess;

/** How often an operator has been asked to look at an object, by its own metrics. */
final class Reconciles {

  private Reconciles() {}

  static long of(OperatorProcess operator) {
    return (long) Scrape.of(operator).sum("reconciliations_started_total");
  }
}
