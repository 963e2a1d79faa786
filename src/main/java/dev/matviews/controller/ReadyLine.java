package dev.matviews.controller;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.ConditionType;
import java.util.List;
import java.util.Optional;

/**
 * What the log says when an object has become ready, has ceased to be, or is not for a new reason.
 */
final class ReadyLine {

  private ReadyLine() {}

  static Optional<String> between(List<Condition> old, List<Condition> next) {
    return Conditions.find(next, ConditionType.READY)
        .filter(
            now ->
                Conditions.find(old, ConditionType.READY)
                    .filter(before -> isSame(before, now))
                    .isEmpty())
        .map(ReadyLine::text);
  }

  private static boolean isSame(Condition before, Condition now) {
    return before.status() == now.status() && before.reason().equals(now.reason());
  }

  private static String text(Condition ready) {
    String how =
        switch (ready.status()) {
          case TRUE -> "ready";
          case FALSE -> "not ready";
          case UNKNOWN -> "not known to be ready";
        };
    return "%s: %s: %s".formatted(how, ready.reason(), ready.message());
  }
}
