package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.view;
import static dev.matviews.postgres.Victim.INVALID;
import static dev.matviews.postgres.Victim.ROWS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.hostile.HostileText;
import dev.matviews.plan.Claimants;
import dev.matviews.plan.Index;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import dev.matviews.plan.ViewDefinition;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every hostile text in every place of an index: there is that index then, or nothing new. */
class HostileIndexTest {

  @RegisterExtension static final Victim victim = new Victim();

  private static final Definition definitions =
      new Definition(new Bookkeeping(TestDatabase.BOOKKEEPING, Claimants.ALL_THERE));

  @ParameterizedTest
  @MethodSource("dev.matviews.hostile.HostileText#all")
  void isMadeOrRefusedAndNothingElse(HostileText text) throws SQLException {
    asItsCondition(text);
    asItsKey(text);
    asANameOfSomethingInIt(text);
    asAParameterOfIt(text);
  }

  private static void asItsCondition(HostileText text) throws SQLException {
    madeOrRefused(index(Index.Key.column("id"), text.text(), Map.of()), text.where());
  }

  private static void asItsKey(HostileText text) throws SQLException {
    madeOrRefused(index(Index.Key.expression(text.text()), null, Map.of()), text.key());
  }

  private static void asANameOfSomethingInIt(HostileText text) throws SQLException {
    String name = text.text();
    assertThat(refusal(Index.Key.column(name))).as("column").isEqualTo(INVALID);
    assertThat(refusal(new Index.Key("label", null, null, null, name, null)))
        .as("operator class")
        .isIn(INVALID, Optional.of(Reason.SchemaMissing));
    assertThat(refusal(new Index.Key("label", null, null, null, null, name)))
        .as("collation")
        .isIn(INVALID, Optional.of(Reason.SchemaMissing));
  }

  private static void asAParameterOfIt(HostileText text) throws SQLException {
    for (Map<String, String> parameter :
        List.of(Map.of(text.text(), "70"), Map.of("fillfactor", text.text()))) {
      assertThat(add(index(Index.Key.column("id"), null, parameter))).isEqualTo(INVALID);
    }
  }

  private static void madeOrRefused(Index index, Optional<Reason> expected) throws SQLException {
    assertThat(victim.make(view("wanted", ROWS, index))).isEqualTo(expected);
    assertThat(victim.shape("wanted"))
        .hasSize(expected.isEmpty() ? 1 : 0)
        .allMatch("m|f|1"::equals);
    if (expected.isEmpty()) {
      victim.drop("wanted");
    } else {
      assertThat(Victim.outcome(() -> build(view("filled", ROWS, index))))
          .as("built on a view with rows")
          .isPresent();
    }
  }

  /** Outside a transaction, which would take back what a text does before it fails. */
  private static void build(ViewDefinition wanted) throws SQLException {
    Step step = new Step.CreateIndex(wanted, wanted.indexes().get(0), true);
    definitions.apply(victim.session(), step, Duration.ZERO);
  }

  private static Optional<Reason> refusal(Index.Key key) throws SQLException {
    return add(index(key, null, Map.of()));
  }

  private static Optional<Reason> add(Index index) throws SQLException {
    return victim.apply(new Step.CreateIndex(view("standing", ROWS, index), index, false));
  }

  private static Index index(
      Index.Key key, @Nullable String where, Map<String, String> parameters) {
    return new Index(
        "i", false, List.of(key), List.of(), where, Index.Method.Btree, false, parameters);
  }
}
