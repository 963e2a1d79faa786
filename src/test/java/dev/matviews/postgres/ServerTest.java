package dev.matviews.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.matviews.plan.Reason;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerTest {

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
  void aReadOnlyServerIsRefused() {
    database.asAdmin(
        "ALTER DATABASE %s SET default_transaction_read_only = on".formatted(database.name()));
    refused(Reason.ReadOnlyServer);
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
    "14, false, false, UnsupportedVersion",
    "9, true, true, UnsupportedVersion",
    "15, true, false, PrivilegedRole",
    "18, false, true, ReadOnlyServer"
  })
  void whatIsUnfitIsNamed(int major, boolean privileged, boolean readOnly, Reason reason) {
    Server.Facts facts =
        new Server.Facts(major, major + ".3", "somebody", privileged, readOnly, "1/2");
    assertThatThrownBy(facts::judged)
        .asInstanceOf(type(DatabaseException.class))
        .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(reason));
  }

  @ParameterizedTest
  @ValueSource(ints = {15, 16, 17, 18, 19})
  void supportedVersionsAreFit(int major) {
    assertThat(new Server.Facts(major, major + ".1", "r", false, false, "1/2").judged())
        .isEqualTo(new Server(major + ".1", "r", "1/2"));
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
