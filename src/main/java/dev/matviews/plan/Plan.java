package dev.matviews.plan;

import java.util.List;

/** What is to be done so that the database matches the spec, or why nothing may be done. */
public sealed interface Plan {

  /** Steps in their order; none when everything matches. */
  record Steps(List<Step> steps) implements Plan {

    public Steps {
      steps = List.copyOf(steps);
    }

    public boolean isEmpty() {
      return steps.isEmpty();
    }

    public boolean growsWithData() {
      return steps.stream().anyMatch(Step::growsWithData);
    }
  }

  /**
   * Nothing is touched.
   *
   * @param message what is wrong, on which object, and what the user does next
   */
  record Refusal(Reason reason, String message) implements Plan {}
}
