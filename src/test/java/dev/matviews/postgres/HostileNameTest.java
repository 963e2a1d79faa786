package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.claim;
import static dev.matviews.postgres.TestViews.index;
import static dev.matviews.postgres.TestViews.unique;
import static dev.matviews.postgres.TestViews.view;
import static dev.matviews.postgres.Victim.ACCEPTED;
import static dev.matviews.postgres.Victim.INVALID;
import static dev.matviews.postgres.Victim.ROWS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.hostile.HostileNames;
import dev.matviews.hostile.HostileText;
import dev.matviews.plan.Grant;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import dev.matviews.plan.ViewDefinition;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Every hostile text as a name: it names what it says and nothing else, whatever it looks like. */
class HostileNameTest {

  @RegisterExtension static final Victim victim = new Victim();

  @ParameterizedTest
  @MethodSource("dev.matviews.hostile.HostileText#all")
  void namesWhatItSaysAndNothingElse(HostileText text) throws SQLException {
    // The controller lets no other through.
    if (HostileNames.fits(text.text())) {
      ofAViewAndASchemaOfItsPath(text.text());
      ofAnIndex(text.text());
      ofAChannel(text.text());
    }
    ofNothingThatIsThere(text.text());
    ofASetting(text.text());
  }

  private static void ofAViewAndASchemaOfItsPath(String name) throws SQLException {
    ViewDefinition wanted =
        new ViewDefinition(
            app(name),
            claim(name),
            "SELECT 1 AS a",
            List.of(name, "app"),
            "UTC",
            List.of(unique("i", "a")));
    assertThat(victim.make(wanted)).isEqualTo(ACCEPTED);
    assertThat(victim.shape(name)).containsExactly("m|f|1");
    victim.drop(name);
  }

  private static void ofAnIndex(String name) throws SQLException {
    assertThat(victim.make(view("wanted", ROWS, index(name, "id")))).isEqualTo(ACCEPTED);
    assertThat(victim.shape("wanted")).containsExactly("m|f|1");
    victim.drop("wanted");
  }

  private static void ofAChannel(String channel) throws SQLException {
    Connection listener = victim.witness();
    TestDatabase.run(listener, "LISTEN " + Sql.identifier(channel));
    Session session = victim.session();
    List<Sql> notify = Notification.of(channel, new QualifiedName("app", channel), Instant.EPOCH);
    session.inTransaction(() -> session.executeTogether(notify));
    PGNotification[] heard = listener.unwrap(PGConnection.class).getNotifications(10_000);
    TestDatabase.run(listener, "UNLISTEN *");
    assertThat(heard).extracting(PGNotification::getName).containsExactly(channel);
  }

  private static void ofNothingThatIsThere(String name) throws SQLException {
    ViewDefinition wanted = view("wanted", ROWS);
    assertThat(victim.apply(new Step.CreateView(wanted, null, name)))
        .as("tablespace")
        .isEqualTo(INVALID);
    assertThat(victim.apply(new Step.CreateView(wanted, name, null)))
        .as("owner of a new view")
        .isIn(INVALID, Optional.of(Reason.OwnerNotAllowed));
    assertThat(victim.apply(new Step.SetOwner(app("standing"), name)))
        .as("owner")
        .isEqualTo(INVALID);
    Grant grant = new Grant(name, Set.of("SELECT"), false);
    assertThat(victim.apply(new Step.GrantPrivileges(app("standing"), grant)))
        .as("role of a grant")
        .isEqualTo(INVALID);
  }

  private static void ofASetting(String name) throws SQLException {
    SessionSettings settings = new SessionSettings(Map.of(name, "1"));
    // Anybody may set what looks like the setting of an extension.
    boolean ofAnExtension = name.matches("\\w+\\.\\w+");
    assertThat(Victim.outcome(() -> settings.check(victim.session())))
        .isEqualTo(ofAnExtension ? ACCEPTED : Optional.of(Reason.InvalidSetting));
  }
}
