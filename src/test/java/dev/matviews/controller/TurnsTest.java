package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TurnsTest {

  private static final MaterializedView OBJECT = Manifests.view("{uid: one}", "");
  private static final MaterializedView NAMESAKE = Manifests.view("{uid: two}", "");

  @ParameterizedTest(name = "{0}: {2}")
  @DisplayName("an object has a pass or a deletion, and after the deletion has begun no pass more")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a pass after a pass             | pass pass             | passed passed
          deleted after a pass            | pass delete           | passed deletes
          deleted during a pass           | pass-delete           | waits passed
          tried again after that pass     | pass-delete delete    | waits passed deletes
          tried again and again           | delete delete         | deletes deletes
          a pass that comes too late      | delete pass           | deletes refused
          a namesake made after it        | delete pass-namesake  | deletes passed
          when it is gone nothing is kept | delete forget pass    | deletes passed
          """)
  void turns(String sentence, String steps, String outcome) {
    Turns turns = new Turns();
    List<String> seen = new ArrayList<>();
    for (String step : steps.split(" ", -1)) {
      switch (step) {
        case "pass" -> pass(turns, OBJECT, seen, () -> {});
        case "pass-namesake" -> pass(turns, NAMESAKE, seen, () -> {});
        case "pass-delete" -> pass(turns, OBJECT, seen, () -> delete(turns, seen));
        case "delete" -> delete(turns, seen);
        case "forget" -> turns.forget(OBJECT);
        default -> throw new IllegalArgumentException(step);
      }
    }
    assertThat(String.join(" ", seen)).isEqualTo(outcome);
  }

  private static void pass(
      Turns turns, MaterializedView object, List<String> seen, Runnable during) {
    Optional<String> found =
        turns.ofPass(
            object,
            () -> {
              during.run();
              return Optional.of("passed");
            });
    seen.add(found.orElse("refused"));
  }

  private static void delete(Turns turns, List<String> seen) {
    seen.add(turns.isDeletions(OBJECT) ? "deletes" : "waits");
  }
}
