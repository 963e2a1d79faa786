package dev.matviews.plan;

import java.util.List;
import java.util.Optional;

/** What is to be done so that the database matches the spec, or why nothing may be done. */
public sealed interface Plan {

  /**
   * What is to be done, and what is not.
   *
   * @param steps in their order; none when everything matches
   * @param drift what changed in the database and is left as it is
   * @param planned what waits for approval
   */
  record Steps(List<Step> steps, List<Drift> drift, Optional<PlannedChange> planned)
      implements Plan {

    public Steps {
      steps = List.copyOf(steps);
      drift = List.copyOf(drift);
    }

    public Steps(List<Step> steps) {
      this(steps, List.of(), Optional.empty());
    }
  }

  /**
   * Nothing is touched.
   *
   * @param message what is wrong, on which object, and what the user does next
   */
  record Refusal(Reason reason, String message) implements Plan {}
}
