package dev.matviews.controller;

import dev.matviews.plan.Index;
import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.Probe;
import dev.matviews.plan.ViewDefinition;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What scratch views have shown: the same definition against the same view gives the same answer,
 * and each scratch view is DDL.
 */
final class Probes {

  /** All that an answer depends on. */
  private record Question(
      String definitionHash,
      List<Index> wantedIndexes,
      String fingerprint,
      String sourceColumns,
      List<ObservedIndex> indexes,
      List<String> dependents) {

    static Question of(ViewDefinition wanted, Relation view) {
      return new Question(
          wanted.hash(),
          wanted.indexes(),
          view.fingerprint(),
          view.sourceColumns(),
          view.indexes(),
          view.dependents());
    }
  }

  /** Some of what it depends on, such as who may become whose role, cannot be seen in a look. */
  private static final Duration VALID = Duration.ofMinutes(1);

  private record Answer(Question question, Probe probe, long nanos) {

    boolean isFor(Question asked) {
      return question.equals(asked) && System.nanoTime() - nanos < VALID.toNanos();
    }
  }

  private final Map<ResourceID, Answer> answers = new ConcurrentHashMap<>();

  Probe ask(ResourceID view, ViewDefinition wanted, Relation live, Supplier<Probe> scratchView) {
    Question question = Question.of(wanted, live);
    Answer known = answers.get(view);
    if (known != null && known.isFor(question)) {
      return known.probe();
    }
    Probe probe = scratchView.get();
    answers.put(view, new Answer(question, probe, System.nanoTime()));
    return probe;
  }

  void forget(ResourceID view) {
    answers.remove(view);
  }
}
