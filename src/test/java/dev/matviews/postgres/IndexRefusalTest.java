package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Claimants;
import dev.matviews.plan.Index;
import dev.matviews.plan.Index.Method;
import dev.matviews.plan.ViewDefinition;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told of an index that the server refuses. */
class IndexRefusalTest {

  @RegisterExtension static final TestDatabase database = new TestDatabase();

  @SuppressWarnings("NullAway.Init") // set before the tests
  private static Database operated;

  @BeforeAll
  static void aSource() {
    database.asRole("CREATE TABLE app.victim (id int, label text)");
    operated =
        Database.open(
            database.address(), TestDatabase.TERMS, Claimants.ALL_THERE, Clock.systemUTC());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "'id > 0 AND\n  id < < 1' # index i on app.wanted: line 2, column 8: syntax error",
        "'id > 0 AND\n  nothing < 1' # index i on app.wanted: line 2, column 3: column \"nothing\""
      })
  void theMessageTellsThePlaceInTheTextThatIsWrong(String text, String message) {
    for (Index index : List.of(where(text), expression(text))) {
      assertThat(refusal(view("wanted", "SELECT id FROM victim", index)))
          .hasValueSatisfying(f -> assertThat(f.message()).startsWith(message));
    }
  }

  @Test
  void aColumnThatIsNotThereIsNamedAndHasNoPlace() {
    Index index = index(List.of(Index.Key.column("nothing")), null, Map.of());
    assertThat(refusal(view("wanted", "SELECT id FROM victim", index)))
        .hasValueSatisfying(
            f ->
                assertThat(f.message())
                    .isEqualTo("index i on app.wanted: column \"nothing\" does not exist"));
  }

  private static Index where(String text) {
    return index(List.of(Index.Key.column("id")), text, Map.of());
  }

  private static Index expression(String text) {
    return index(List.of(Index.Key.expression(text)), null, Map.of());
  }

  private static Index index(
      List<Index.Key> keys, @Nullable String where, Map<String, String> parameters) {
    return new Index("i", false, keys, List.of(), where, Method.Btree, false, parameters);
  }

  private static Optional<Failure> refusal(ViewDefinition wanted) {
    try {
      TestViews.converge(operated, wanted);
      return Optional.empty();
    } catch (DatabaseException e) {
      return Optional.of(e.failure());
    }
  }
}
