package dev.matviews.gitops;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Whether an object is finished, by the rules of kstatus, which Flux, Helm 4 and kpt wait by. The
 * rules as published for objects of no built-in kind; {@code make verify} asks kstatus itself.
 */
public enum Kstatus {
  InProgress,
  Failed,
  Current,
  Terminating;

  /** Of an object as the API server shows it. */
  public static Kstatus of(JsonNode object) {
    if (object.at("/metadata").has("deletionTimestamp")) {
      return Terminating;
    }
    JsonNode observed = object.at("/status/observedGeneration");
    if (observed.isNumber()
        && observed.asLong() != object.at("/metadata/generation").asLong(observed.asLong())) {
      return InProgress;
    }
    // Of the two, the one that stands first in the list counts.
    for (JsonNode condition : object.at("/status/conditions")) {
      boolean holds = condition.path("status").asText().equals("True");
      switch (condition.path("type").asText()) {
        case "Reconciling" -> {
          if (holds) {
            return InProgress;
          }
        }
        case "Stalled" -> {
          if (holds) {
            return Failed;
          }
        }
        default -> {}
      }
    }
    for (JsonNode condition : object.at("/status/conditions")) {
      if (condition.path("type").asText().equals("Ready")) {
        return condition.path("status").asText().equals("True") ? Current : InProgress;
      }
    }
    return Current;
  }
}
