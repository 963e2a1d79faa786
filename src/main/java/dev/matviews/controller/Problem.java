package dev.matviews.controller;

import dev.matviews.plan.Reason;
import dev.matviews.postgres.Failure;
import dev.matviews.refresh.Run;

/** What keeps an object from being as its spec wants. */
record Problem(Reason reason, String message) {

  static Problem of(Run failed) {
    return new Problem(failed.reason(), failed.said());
  }

  static Problem of(Failure failure) {
    return new Problem(failure.reason(), failure.message());
  }
}
