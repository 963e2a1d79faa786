package dev.matviews.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.matviews.plan.Claimants;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.playground.PostgresServer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerTest {

  private static final Server.Capabilities NONE = new Server.Capabilities(false, false, false);

  @RegisterExtension final TestDatabase database = new TestDatabase();

  @Test
  void aLeastPrivilegeRoleMayAskAllThatIsToBeKnown() {
    Server server = database.open().server();
    assertThat(database.value("SHOW server_version")).startsWith(server.version());
    assertThat(server.currentUser()).isEqualTo(database.role());
    assertThat(server.identity())
        .isEqualTo(
            database.value(
                "SELECT system_identifier || '/' || d.oid FROM pg_control_system(), pg_database d"
                    + " WHERE datname = current_database()"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SUPERUSER", "CREATEROLE", "BYPASSRLS"})
  void aPrivilegedRoleIsRefused(String attribute) {
    database.asAdmin("ALTER ROLE %s %s".formatted(database.role(), attribute));
    assertThat(refused(Reason.PrivilegedRole)).contains(database.role());
  }

  @Test
  void aPrivilegedLoginThatActsAsAnotherRoleIsRefused() {
    String other = database.role() + "_other";
    database.asAdmin(
        "CREATE ROLE " + other,
        "GRANT %s TO %s".formatted(other, database.role()),
        "ALTER ROLE %s SET role = '%s'".formatted(database.role(), other),
        "ALTER ROLE %s SUPERUSER".formatted(database.role()));
    refused(Reason.PrivilegedRole);
    database.asAdmin("DROP ROLE " + other);
  }

  @Test
  void aPrivilegedRoleIsUsedWhereThatIsAllowed() {
    database.asAdmin("ALTER ROLE %s CREATEROLE".formatted(database.role()));
    Terms allowing = new Terms(TestDatabase.BOOKKEEPING, true, null);
    Database opened =
        Database.open(database.address(), allowing, Claimants.ALL_THERE, Clock.systemUTC());
    database.closeAfterwards(opened);
    assertThat(opened.examineAgain(List.of())).isPresent();
    refused(Reason.PrivilegedRole);
  }

  @Test
  void whatTheRoleMayDoIsToldAsItIsNow() {
    Database opened = database.open();
    assertThat(opened.server().capabilities())
        .isEqualTo(new Server.Capabilities(false, false, true));
    database.asAdmin(
        "REVOKE TEMP ON DATABASE %s FROM PUBLIC".formatted(database.name()),
        "GRANT CREATE ON DATABASE %s TO %s".formatted(database.name(), database.role()),
        "DO $$ BEGIN IF current_setting('server_version_num')::int >= 170000 THEN"
            + " GRANT pg_maintain TO %s; END IF; END $$".formatted(database.role()));
    opened.examineAgain(List.of());
    assertThat(opened.server().capabilities())
        .isEqualTo(new Server.Capabilities(true, database.major() >= 17, false));
  }

  @Test
  void viewsThatTheBookkeepingDoesNotNameAreCounted() {
    database.asAdmin(
        "CREATE SCHEMA \"Other\"",
        "DO $$ BEGIN FOR i IN 1..51 LOOP"
            + " EXECUTE format('CREATE MATERIALIZED VIEW \"Other\".v%s AS SELECT 1', i);"
            + " END LOOP; END $$");
    Database opened = database.open();
    assertThat(opened.health().unmanaged().count()).isEqualTo(51);
    assertThat(opened.health().unmanaged().names())
        .hasSize(50)
        .startsWith(new QualifiedName("Other", "v1"), new QualifiedName("Other", "v10"));
    TestViews.fill(opened, TestViews.view("ours", "SELECT 1 AS id"));
    database.asRole(
        "UPDATE matview_operator.views SET scratch = '{shadow}'",
        "CREATE MATERIALIZED VIEW app.shadow AS SELECT 1 AS id");
    database.asAdmin("DROP SCHEMA \"Other\" CASCADE");
    opened.examineAgain(List.of());
    assertThat(opened.health().unmanaged()).isEqualTo(new Health.Unmanaged(0, List.of()));
  }

  @Test
  void anotherDatabaseUnderTheSameAddressIsNoticed() {
    Database opened = database.open();
    opened.closeIdle(Duration.ZERO);
    String role = database.role();
    database
        .server()
        .execute(
            PostgresServer.ADMIN,
            "ALTER DATABASE %1$s RENAME TO %1$s_old".formatted(database.name()),
            "CREATE DATABASE " + database.name());
    try {
      database.asAdmin("CREATE SCHEMA matview_operator AUTHORIZATION " + role);
      assertThat(opened.examineAgain(List.of())).isEmpty();
    } finally {
      database
          .server()
          .execute(
              PostgresServer.ADMIN, "DROP DATABASE %s_old WITH (FORCE)".formatted(database.name()));
    }
  }

  @Test
  void aReadOnlyServerIsRefused() {
    database.asAdmin(
        "ALTER DATABASE %s SET default_transaction_read_only = on".formatted(database.name()));
    // Before anything is tried that only fails there.
    assertThat(refused(Reason.ReadOnlyServer)).contains("name the primary");
  }

  @Test
  void aPoolerInBetweenIsRefused() throws IOException {
    try (Wire wire = new Wire(database.server().host(), database.server().port())) {
      ServerAddress throughWire = database.address(wire.port());
      database.open(throughWire).observe(TestViews.app("v"));
      wire.nameAnotherProcess();
      assertThatThrownBy(() -> database.open(throughWire))
          .asInstanceOf(type(DatabaseException.class))
          .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(Reason.PoolerUnsupported));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "14, false, UnsupportedVersion",
    "9, true, UnsupportedVersion",
    "15, true, PrivilegedRole"
  })
  void whatIsUnfitIsNamed(int major, boolean privileged, Reason reason) {
    Server.Facts facts = new Server.Facts(major, major + ".3", "somebody", privileged, "1/2", NONE);
    assertThatThrownBy(() -> facts.judged(TestDatabase.TERMS))
        .asInstanceOf(type(DatabaseException.class))
        .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(reason));
  }

  @ParameterizedTest
  @ValueSource(ints = {15, 16, 17, 18, 19})
  void supportedVersionsAreFit(int major) {
    assertThat(
            new Server.Facts(major, major + ".1", "r", false, "1/2", NONE)
                .judged(TestDatabase.TERMS))
        .isEqualTo(new Server(major + ".1", "r", "1/2", NONE));
  }

  private String refused(Reason reason) {
    try {
      database.open();
    } catch (DatabaseException e) {
      assertThat(e.failure().reason()).isEqualTo(reason);
      return e.failure().message();
    }
    throw new AssertionError("not refused");
  }
}
