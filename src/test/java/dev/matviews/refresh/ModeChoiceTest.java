package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Observed;
import dev.matviews.plan.ObservedView;
import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.QualifiedName;
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
          Auto       | filled | unique     | Concurrent | there is a unique index, so readers need not wait
          Auto       | filled | plain      | Standard   | there is no usable unique index
          Auto       | filled | invalid    | Standard   | there is no usable unique index
          Auto       | filled | predicate  | Standard   | there is no usable unique index
          Auto       | filled | none       | Standard   | there is no usable unique index
          Auto       | empty  | unique     | Standard   | the view holds no data yet, so no reader can wait for it
          Auto       | empty  | none       | Standard   | the view holds no data yet, so no reader can wait for it
          Standard   | filled | unique     | Standard   | the spec asks for it
          Standard   | filled | none       | Standard   | the spec asks for it
          Standard   | empty  | unique     | Standard   | the view holds no data yet, so no reader can wait for it
          Concurrent | filled | unique     | Concurrent | the spec asks for it
          Concurrent | filled | two unique | Concurrent | the spec asks for it
          Concurrent | filled | plain      | illegal    | there is no valid unique index over plain columns without a predicate
          Concurrent | filled | invalid    | illegal    | there is no valid unique index over plain columns without a predicate
          Concurrent | filled | predicate  | illegal    | there is no valid unique index over plain columns without a predicate
          Concurrent | filled | none       | illegal    | there is no valid unique index over plain columns without a predicate
          Concurrent | empty  | unique     | Standard   | the view holds no data yet, so no reader can wait for it
          Concurrent | empty  | none       | Standard   | the view holds no data yet, so no reader can wait for it
          """)
  void chooses(Mode wanted, String data, String indexes, String chosen, String why) {
    ModeChoice choice = ModeChoice.of(wanted, view(data.equals("filled"), indexes(indexes)));
    assertThat(choice.legal() ? choice.mode().name() : "illegal").isEqualTo(chosen);
    assertThat(choice.why()).isEqualTo(why);
  }

  @Test
  @DisplayName("a view that is not there holds no data")
  void absent() {
    ObservedView absent = ObservedView.absent(new QualifiedName("app", "board"), true);
    assertThat(ModeChoice.of(Mode.Concurrent, absent).mode()).isEqualTo(Mode.Standard);
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
