package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.hostile.HostileText;
import java.sql.SQLException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every hostile text as the query of a view: there is that view then, or nothing new. */
class HostileQueryTest {

  @RegisterExtension static final Victim victim = new Victim();

  @ParameterizedTest
  @MethodSource("dev.matviews.hostile.HostileText#all")
  void isMadeOrRefusedAndNothingElse(HostileText text) throws SQLException {
    assertThat(Victim.outcome(() -> victim.operated().probe(view("standing", text.text()))))
        .as("compared with the view that stands")
        .isEqualTo(text.query());
    assertThat(victim.make(view("wanted", text.text()))).as("made").isEqualTo(text.query());
    assertThat(victim.shape("wanted"))
        .hasSize(text.query().isEmpty() ? 1 : 0)
        .allMatch("m|f|0"::equals);
    assertThat(victim.operated().observe(app("wanted")).view().relation().isPresent())
        .as("seen")
        .isEqualTo(text.query().isEmpty());
  }
}
