package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("A database that was restored from a dump")
class RestoreIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  @Test
  @DisplayName("goes on as the dump found it: no view is built or refreshed again")
  void goesOn(Stage stage, Tenant tenant) throws IOException {
    tenant.sql("CREATE TABLE app.source AS SELECT 1 AS id");
    tenant.own("source");
    tenant.view(
        "kept",
        "SELECT id FROM source",
        """
        indexes: [{name: kept_key, unique: true, columns: [id]}]
        refresh: {schedule: "0 0 1 1 *"}
        """);
    MaterializedViewStatus before = tenant.awaitReady("kept");
    String restored = tenant.role() + "-restored";
    stage.postgres().createDatabase(restored);
    stage.postgres().execute(restored, dump(tenant).toArray(String[]::new));

    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: PostgresConnection
        metadata: {name: db}
        spec: {secretRef: {name: db}, database: %s, tls: {mode: disable}}
        """
            .formatted(restored));

    MaterializedViewStatus after =
        tenant.await("kept", LIMIT, s -> !Objects.equals(s.oid(), before.oid()));
    assertThat(Tenant.ready(after)).isEqualTo("TRUE/InSync");
    assertThat(after.history()).isEqualTo(before.history());
    assertThat(tenant.awaitEvent("db", "DatabaseChanged").getType()).isEqualTo("Normal");
    assertThat(stage.postgresLog(tenant, tenant.role() + "@" + restored))
        .as("all DDL there, of which refreshes are some")
        .noneMatch(line -> line.contains("execute ") && line.contains("app"));
  }

  /** What pg_dump writes of it, by other words: other OIDs, the same names, texts and rows. */
  private static List<String> dump(Tenant tenant) throws IOException {
    return List.of(
        "CREATE SCHEMA app AUTHORIZATION \"%1$s\"; CREATE SCHEMA matview_operator AUTHORIZATION \"%1$s\""
            .formatted(tenant.role()),
        "SET ROLE \"%s\"".formatted(tenant.role()),
        "CREATE TABLE app.moves_the_oids (); CREATE TABLE app.source AS SELECT 1 AS id",
        "CREATE MATERIALIZED VIEW app.kept AS "
            + definition(tenant, "SELECT pg_get_viewdef('app.kept'::regclass)").replace(";", "")
            + " WITH NO DATA",
        definition(tenant, "SELECT pg_get_indexdef('app.kept_key'::regclass)"),
        "REFRESH MATERIALIZED VIEW app.kept",
        bookkeeping(),
        rows(tenant, "views"),
        rows(tenant, "runs"));
  }

  private static String definition(Tenant tenant, String query) {
    return Objects.requireNonNull(tenant.value(query));
  }

  private static String bookkeeping() throws IOException {
    try (InputStream sql =
        RestoreIT.class.getResourceAsStream("/dev/matviews/postgres/bookkeeping.sql")) {
      return new String(Objects.requireNonNull(sql).readAllBytes(), StandardCharsets.UTF_8)
          .replace("${bookkeeping}", "matview_operator")
          .replace("${version}", "1");
    }
  }

  private static String rows(Tenant tenant, String table) {
    String rows =
        definition(tenant, "SELECT json_agg(t) FROM matview_operator.%s t".formatted(table));
    return "INSERT INTO matview_operator.%1$s SELECT * FROM json_populate_recordset(NULL::matview_operator.%1$s, $dump$%2$s$dump$)"
        .formatted(table, rows);
  }
}
