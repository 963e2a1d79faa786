package dev.matviews.controller;

import dev.matviews.plan.Reason;

/** Why an object cannot be acted on as it stands, in words for its author. */
final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String sentence;

  RefusedException(Reason reason, String sentence) {
    super(sentence);
    this.reason = reason;
    this.sentence = sentence;
  }

  RefusedException(Problem problem) {
    this(problem.reason(), problem.message());
  }

  Problem problem() {
    return new Problem(reason, sentence);
  }
}
