package dev.matviews.controller;

import dev.matviews.plan.ObservedView;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.Probe;
import dev.matviews.plan.ViewDefinition;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What scratch views have shown: the same definition against the same view gives the same answer,
 * and each scratch view is DDL.
 */
final class Probes {

  private record Answer(String definitionHash, String fingerprint, Probe probe) {}

  private final Map<ResourceID, Answer> answers = new ConcurrentHashMap<>();

  Probe ask(
      ResourceID view, ViewDefinition wanted, ObservedView observed, Supplier<Probe> scratchView) {
    String hash = wanted.hash();
    String fingerprint = observed.relation().map(Relation::fingerprint).orElse("");
    Answer known = answers.get(view);
    if (known != null
        && known.definitionHash().equals(hash)
        && known.fingerprint().equals(fingerprint)) {
      return known.probe();
    }
    Probe probe = scratchView.get();
    answers.put(view, new Answer(hash, fingerprint, probe));
    return probe;
  }

  void forget(ResourceID view) {
    answers.remove(view);
  }
}
