package dev.matviews.controller;

import dev.matviews.plan.Index;
import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.Probe;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Standing.OnTop;
import dev.matviews.plan.StoredQuery;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.postgres.DatabaseException;
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
      StoredQuery storedQuery,
      List<ObservedIndex> indexes,
      List<String> dependents,
      OnTop onTop) {

    static Question of(ViewDefinition wanted, Relation view) {
      return new Question(
          wanted.hash(),
          wanted.indexes(),
          view.storedQuery(),
          view.indexes(),
          view.dependents(),
          view.standing().onTop());
    }
  }

  /** Some of what it depends on, such as who may become whose role, cannot be seen in a look. */
  private static final Duration VALID = Duration.ofMinutes(1);

  private record Answer(Question question, Probe probe, long nanos) {

    boolean isOlderThan(Duration age) {
      return System.nanoTime() - nanos >= age.toNanos();
    }
  }

  private final Map<ResourceID, Answer> answers = new ConcurrentHashMap<>();

  private final Duration valid;

  Probes() {
    this(VALID);
  }

  Probes(Duration valid) {
    this.valid = valid;
  }

  Probe ask(ResourceID view, ViewDefinition wanted, Relation live, Supplier<Probe> scratchView) {
    Question question = Question.of(wanted, live);
    Answer last = answers.get(view);
    Answer known = last != null && last.question().equals(question) ? last : null;
    if (known != null && !known.isOlderThan(valid)) {
      return known.probe();
    }
    try {
      Probe probe = scratchView.get();
      answers.put(view, new Answer(question, probe, System.nanoTime()));
      return probe;
    } catch (DatabaseException e) {
      // Nobody can look while the view is being refreshed, however long that takes, and what was
      // said of it before is not to vanish meanwhile.
      if (known != null && e.failure().reason() == Reason.RefreshInProgress) {
        return known.probe();
      }
      throw e;
    }
  }

  void forget(ResourceID view) {
    answers.remove(view);
  }
}
