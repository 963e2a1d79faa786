package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("A view that exists already")
class AdoptionIT {

  private static final String SQL = "SELECT g AS id, g * g AS square FROM generate_series(1, 10) g";
  private static final Duration SOON = Duration.ofSeconds(5);

  @SuppressWarnings("NullAway.Init") // set before the tests
  private static Tenant tenant;

  @BeforeAll
  static void moveIn(Tenant moved) {
    tenant = moved;
  }

  @Test
  @DisplayName("is adopted as it stands when it is as the spec wants it, with its indexes")
  void identical() {
    byHand("same", SQL);
    tenant.sql("CREATE UNIQUE INDEX same_key ON app.same (id)");
    tenant.sql("CREATE INDEX same_by_hand ON app.same (square)");
    String before = tenant.relations();
    tenant.view("same", SQL, "indexes: [{name: same_key, unique: true, columns: [id]}]");
    tenant.awaitReady("same");
    assertThat(tenant.relations()).isEqualTo(before);
    tenant.awaitEvent("same", "Adopted");
    assertThat(tenant.events("same", "Created")).isEmpty();
    tenant.view("same", SQL, "");
    tenant.awaitValue("SELECT to_regclass('app.same_key') IS NULL", SOON, "t");
    tenant.awaitReady("same");
    assertThat(tenant.value("SELECT to_regclass('app.same_by_hand')")).isNotNull();
  }

  @Test
  @DisplayName("is left alone when it is another one, or rebuilt with all that it has if told so")
  void different() {
    String reader = tenant.role() + "-reader";
    byHand("other", "SELECT g AS id, 0 AS square FROM generate_series(1, 10) g");
    tenant.sql(
        "CREATE ROLE \"%s\"".formatted(reader),
        "GRANT SELECT ON app.other TO \"%s\"".formatted(reader),
        "COMMENT ON MATERIALIZED VIEW app.other IS 'made by hand'",
        "CREATE INDEX other_by_hand ON app.other (square)");
    String before = tenant.relations();
    tenant.view("other", SQL, "");
    assertThat(Tenant.message(tenant.awaitReason("other", "FALSE/AlreadyExists")))
        .contains("adoptionPolicy: Always", "RefreshOnly");
    assertThat(tenant.relations()).isEqualTo(before);
    tenant.view("other", SQL, "adoptionPolicy: Always");
    tenant.awaitReady("other");
    assertThat(
            tenant.value(
                "SELECT max(square) || ' ' || obj_description('app.other'::regclass) || ' '"
                    + " || has_table_privilege('%s', 'app.other', 'SELECT') FROM app.other"
                        .formatted(reader)))
        .isEqualTo("100 made by hand true");
    assertThat(tenant.value("SELECT to_regclass('app.other_by_hand')")).isNotNull();
  }

  @Test
  @DisplayName("is refreshed on request while it is suspended, whatever its spec wants of it")
  void suspended() {
    byHand("paused", SQL);
    tenant.view("paused", SQL, "suspend: true\ncomment: not yet");
    tenant.awaitReason("paused", "FALSE/Suspended");
    MaterializedViewStatus refreshed = tenant.awaitPass("paused");
    assertThat(Objects.requireNonNull(refreshed.lastAttempt()).result()).hasToString("Succeeded");
    assertThat(Tenant.ready(refreshed)).isEqualTo("FALSE/Suspended");
    assertThat(tenant.value("SELECT obj_description('app.paused'::regclass)")).isNull();
    tenant.view("paused", SQL, "comment: now");
    tenant.awaitReady("paused");
    assertThat(tenant.value("SELECT obj_description('app.paused'::regclass)")).isEqualTo("now");
  }

  @Test
  @DisplayName("belongs to the first of two objects, and to the second once the first has gone")
  void twoObjects() {
    tenant.view("first", "SELECT 1 AS a", "viewName: wanted");
    tenant.awaitReady("first");
    String oid = tenant.value("SELECT 'app.wanted'::regclass::oid");
    tenant.view("second", "SELECT 1 AS a", "viewName: wanted");
    assertThat(Tenant.message(tenant.awaitReason("second", "FALSE/TargetConflict")))
        .contains(tenant.namespace() + "/first");
    tenant.delete("first");
    tenant.await("second", Duration.ofSeconds(2), s -> Tenant.ready(s).equals("TRUE/InSync"));
    assertThat(tenant.value("SELECT 'app.wanted'::regclass::oid")).isEqualTo(oid);
  }

  @Test
  @DisplayName("is free when its object was made again for another view")
  void objectOfAnotherView() {
    tenant.view("moved", "SELECT 1 AS a", "viewName: before");
    tenant.awaitReady("moved");
    tenant.delete("moved");
    tenant.view("moved", "SELECT 1 AS a", "viewName: after");
    tenant.awaitReady("moved");
    tenant.view("taker", "SELECT 1 AS a", "viewName: before");
    tenant.awaitReady("taker");
    assertThat(tenant.value("SELECT name FROM matview_operator.views WHERE view_name = 'before'"))
        .isEqualTo("taker");
  }

  @Test
  @DisplayName("of another operator is left to it")
  void anotherOperator() {
    tenant.view("mine", "SELECT 1 AS a", "");
    tenant.awaitReady("mine");
    tenant.sql("UPDATE matview_operator.views SET owner_id = 'b' WHERE view_name = 'mine'");
    String before = tenant.relations();
    tenant.view("mine", "SELECT 2 AS a", "");
    assertThat(Tenant.message(tenant.awaitReason("mine", "FALSE/TargetConflict")))
        .contains("owner id b");
    assertThat(tenant.relations()).isEqualTo(before);
  }

  @Test
  @DisplayName("in a copy of the database goes on there, without a rebuild")
  void copiedDatabase(Stage stage, Tenant copied) throws SQLException {
    copied.view("moved", SQL, "indexes: [{name: moved_key, unique: true, columns: [id]}]");
    copied.awaitReady("moved");
    copied.delete("moved");
    String copy = copied.role() + "-copy";
    copied.client().resource(copied.connection("db")).delete();
    Awaitility.await()
        .atMost(SOON)
        .until(
            () ->
                "0"
                    .equals(
                        tenant.value(
                            "SELECT count(*) FROM pg_stat_activity WHERE datname = '%s'"
                                .formatted(copied.role()))));
    tenant.sql("CREATE DATABASE \"%s\" TEMPLATE \"%s\"".formatted(copy, copied.role()));
    copied.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: PostgresConnection
        metadata: {name: db}
        spec:
          secretRef: {name: db}
          database: %s
          tls: {mode: disable}
        """
            .formatted(copy));
    copied.view("moved", SQL, "indexes: [{name: moved_key, unique: true, columns: [id]}]");
    MaterializedViewStatus moved = copied.awaitReady("moved");
    assertThat(copied.connection("db").getSpec().database()).isEqualTo(copy);
    assertThat(Objects.requireNonNull(moved.lastAttempt()).id()).startsWith("Initial/");
    try (Connection connection = stage.postgres().connect(copy);
        Statement statement = connection.createStatement();
        ResultSet runs = statement.executeQuery("SELECT count(*) FROM matview_operator.runs")) {
      runs.next();
      assertThat(runs.getInt(1)).as("runs, the one of the first database").isEqualTo(1);
    }
    assertThat(ddl(stage, copied.role() + "@" + copy)).isEmpty();
  }

  @Test
  @DisplayName("is warned of where its data were made in another time zone")
  void timeZone() {
    String role = "\"" + tenant.role() + "\"";
    byHand("zoned", "SELECT '2026-01-01 12:00Z'::timestamptz::date AS day");
    tenant.sql("ALTER ROLE %s SET TimeZone = 'Asia/Tokyo'".formatted(role));
    try {
      tenant.view("zoned", "SELECT '2026-01-01 12:00Z'::timestamptz::date AS day", "");
      assertThat(tenant.awaitReady("zoned").warnings())
          .anyMatch(warning -> warning.contains("Asia/Tokyo"));
      assertThat(tenant.awaitEvent("zoned", "ViewWarning", "Asia/Tokyo").getType())
          .isEqualTo("Warning");
    } finally {
      tenant.sql("ALTER ROLE %s RESET TimeZone".formatted(role));
    }
  }

  private static List<String> ddl(Stage stage, String who) {
    try (var lines = Files.lines(stage.postgres().log())) {
      return lines.filter(line -> line.contains(who) && line.contains("execute ")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void byHand(String view, String sql) {
    tenant.sql("CREATE MATERIALIZED VIEW app.%s AS %s".formatted(view, sql));
    tenant.sql("ALTER MATERIALIZED VIEW app.%s OWNER TO \"%s\"".formatted(view, tenant.role()));
  }
}
