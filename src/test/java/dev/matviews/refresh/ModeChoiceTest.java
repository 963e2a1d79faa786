package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Observed;
import dev.matviews.plan.ObservedView;
import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Standing;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModeChoiceTest {

  @ParameterizedTest(name = "{0}, {1}, {2}: {3}")
  @DisplayName("a mode is chosen by what the spec wants and PostgreSQL allows, and says why")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Auto       | empty  | unique     | Standard   | the view holds no data yet, so no reader can wait for it
          Standard   | filled | unique     | Standard   | the spec asks for it
          Standard   | filled | none       | Standard   | the spec asks for it
          Standard   | empty  | unique     | Standard   | the view holds no data yet, so no reader can wait for it
          Concurrent | filled | unique     | Concurrent | the spec asks for it
          Concurrent | filled | two unique | Concurrent | the spec asks for it
          Concurrent | filled | plain      | illegal    | there is no valid unique index over plain columns without a predicate; add one to spec.indexes
          Concurrent | filled | invalid    | illegal    | there is no valid unique index over plain columns without a predicate; add one to spec.indexes
          Concurrent | filled | predicate  | illegal    | there is no valid unique index over plain columns without a predicate; add one to spec.indexes
          Concurrent | filled | none       | illegal    | there is no valid unique index over plain columns without a predicate; add one to spec.indexes
          Concurrent | empty  | unique     | Standard   | the view holds no data yet, so no reader can wait for it
          Concurrent | empty  | none       | Standard   | the view holds no data yet, so no reader can wait for it
          """)
  void chooses(Mode wanted, String data, String indexes, String chosen, String why) {
    ModeChoice choice = ModeChoice.of(wanted, facts(view(data.equals("filled"), indexes(indexes))));
    assertThat(choice.legal() ? choice.mode().name() : "illegal").isEqualTo(chosen);
    assertThat(choice.why()).isEqualTo(why);
  }

  @Test
  @DisplayName("a view that is not there holds no data")
  void absent() {
    ObservedView absent = ObservedView.absent(new QualifiedName("app", "board"), true);
    assertThat(ModeChoice.of(Mode.Concurrent, facts(absent)).mode()).isEqualTo(Mode.Standard);
  }

  @ParameterizedTest(name = "{0}, {1}, {2}")
  @DisplayName("a swap that the spec asks for is refused where it could not be, with what to do")
  @CsvSource({
    "managed, true, Nothing, Swap, the spec asks for it",
    "managed, true, Views, Swap, the spec asks for it",
    "managed, true, ManagedViews, Swap, the spec asks for it",
    "managed, true, Others, DependentsExist, status.dependents",
    "managed, false, Nothing, PermissionDenied, CREATE on the schema",
    "foreign, true, Nothing, PermissionDenied, definition is not managed",
    "foreign, false, Others, PermissionDenied, definition is not managed"
  })
  void swaps(
      String definition, boolean replaceable, Standing.OnTop onTop, String outcome, String why) {
    for (boolean unique : List.of(true, false)) {
      ModeChoice choice =
          ModeChoice.of(
              Mode.Swap,
              new ModeFacts(
                  true,
                  definition.equals("managed"),
                  unique,
                  1,
                  0,
                  new Standing(replaceable, onTop, false),
                  List.of()));
      assertThat(choice.mode()).isEqualTo(Mode.Swap);
      assertThat(choice.legal() ? choice.mode().name() : String.valueOf(choice.refused()))
          .isEqualTo(outcome);
      assertThat(choice.why()).contains(why);
      assertThat(choice.elseConcurrent()).isEqualTo(choice.legal() && unique);
    }
  }

  private static ModeFacts facts(ObservedView view) {
    return ModeFacts.of(view, RefreshState.NONE);
  }

  private static List<ObservedIndex> indexes(String text) {
    return switch (text) {
      case "unique" -> List.of(index(true, true, true));
      case "two unique" -> List.of(index(true, true, false), index(true, true, true));
      case "plain" -> List.of(index(false, true, false));
      case "invalid" -> List.of(index(true, false, false));
      case "predicate" -> List.of(index(true, true, false));
      default -> List.of();
    };
  }

  private static ObservedIndex index(boolean unique, boolean valid, boolean identifiesRows) {
    return new ObservedIndex("i", unique, valid, identifiesRows, "a shape");
  }

  private static ObservedView view(boolean populated, List<ObservedIndex> indexes) {
    return new ObservedView(
        new QualifiedName("app", "board"),
        true,
        Optional.of(
            Observed.relation(
                16400,
                Relation.MATERIALIZED_VIEW,
                "app",
                true,
                populated,
                "",
                -1,
                0,
                List.of(),
                indexes)),
        Optional.empty());
  }
}
