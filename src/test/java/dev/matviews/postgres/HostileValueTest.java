package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.view;
import static dev.matviews.postgres.Victim.ACCEPTED;
import static dev.matviews.postgres.Victim.INVALID;
import static dev.matviews.postgres.Victim.ROWS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.hostile.HostileText;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import dev.matviews.refresh.RefreshDecision.Settle;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every hostile text as a value: it is kept letter by letter, or refused. */
class HostileValueTest {

  private static final String REQUESTS =
      "SELECT handled_request, run_id FROM matview_operator.views"
          + " JOIN matview_operator.runs USING (schema_name, view_name) WHERE view_name = 'wanted'";

  @RegisterExtension static final Victim victim = new Victim();

  @ParameterizedTest
  @MethodSource("dev.matviews.hostile.HostileText#all")
  void isKeptAsItIsOrRefusedAndNothingElse(HostileText text) throws SQLException {
    victim.make(view("wanted", ROWS));
    ofAComment(text);
    ofARequest(text);
    ofAParameterOfTheStorage(text);
    ofASetting(text);
  }

  private static void ofAComment(HostileText text) throws SQLException {
    Optional<Reason> outcome = victim.apply(new Step.SetComment(app("wanted"), text.text()));
    assertThat(outcome).isEqualTo(text.holdsNul() ? INVALID : ACCEPTED);
    // PostgreSQL keeps no empty comment.
    if (outcome.isEmpty() && !text.text().isEmpty()) {
      assertThat(
              TestDatabase.rows(victim.witness(), "SELECT obj_description('app.wanted'::regclass)"))
          .containsExactly(text.text());
    }
  }

  private static void ofARequest(HostileText text) throws SQLException {
    RunId request = RunId.request(text.text());
    victim
        .operated()
        .settle(
            app("wanted"), new Settle(request, Instant.EPOCH, Run.Result.Missed, Reason.Missed));
    assertThat(TestDatabase.rows(victim.witness(), REQUESTS))
        .containsExactly(request.key() + "|" + request);
  }

  private static void ofAParameterOfTheStorage(HostileText text) throws SQLException {
    for (Map<String, String> parameter :
        List.of(Map.of(text.text(), "70"), Map.of("fillfactor", text.text()))) {
      assertThat(victim.apply(new Step.SetParameters(app("standing"), parameter)))
          .isEqualTo(INVALID);
    }
  }

  private static void ofASetting(HostileText text) throws SQLException {
    Session session = victim.session();
    SessionSettings settings = new SessionSettings(Map.of("matviews.value", text.text()));
    Optional<Reason> outcome = Victim.outcome(() -> settings.check(session));
    assertThat(outcome).isEqualTo(text.holdsNul() ? Optional.of(Reason.InvalidSetting) : ACCEPTED);
    if (outcome.isEmpty()) {
      assertThat(session.inTransactionMake(() -> setAndShown(session, settings)))
          .containsExactly(text.text());
    }
  }

  private static List<String> setAndShown(Session session, SessionSettings settings)
      throws SQLException {
    session.executeTogether(settings.set());
    return session.query("SELECT current_setting('matviews.value')", row -> row.getString(1));
  }
}
