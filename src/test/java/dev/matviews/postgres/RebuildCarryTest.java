package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.claim;
import static dev.matviews.postgres.TestViews.rebuild;
import static dev.matviews.postgres.TestViews.unique;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.playground.Catalogue;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.Run;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody gave the old view is there afterwards, to the byte. */
class RebuildCarryTest {

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;
  private String ending = "";

  @SuppressWarnings("NullAway.Init") // set before each test
  RebuildCarryTest() {}

  @BeforeEach
  void aSource() {
    database.asRole(
        "CREATE TABLE app.source (id int, label text)",
        "INSERT INTO app.source VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    operated = database.open();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \"q\" 'x' $$ ; DROP -- %I €"})
  void allThatSomebodyGaveTheViewIsThereAfterwards(String ending) throws SQLException {
    this.ending = ending;
    TestViews.fill(operated, definition("id > 0"));
    makeRoles();
    decorateView();
    decorateIndexesAndStatistics();
    putViewsOnTop();
    database.asAdmin(
        "ALTER DEFAULT PRIVILEGES FOR ROLE %s GRANT ALL ON TABLES TO %s, PUBLIC"
            .formatted(role("owner"), role("later")));
    List<String> before = catalogue();

    operated.rebuild(rebuild(operated, definition("id > 1"))).execute();

    assertThat(lastRun().message()).isNull();
    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
    assertThat(catalogue()).isEqualTo(before);
    assertThat(database.rows("SELECT * FROM %s ORDER BY 1".formatted(quoted("v"))))
        .containsExactly("2|b", "3|c");
    assertThat(database.value("SELECT count(*) FROM " + quoted("outer"))).isEqualTo("2");
    operated.refresh(TestViews.order(named("v"), "next", Mode.Standard)).execute();
    assertThat(lastRun().id()).isEqualTo("Request/next");
    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
    assertThat(lastRun().rowsAfter()).as("vacuumed as the owner too").isEqualTo(2);
    assertThat(Carry.unreachableGrantors(database.session(), name("v"))).isEmpty();
  }

  private ViewDefinition definition(String where) {
    return new ViewDefinition(
        name("v"),
        claim("v"),
        "SELECT id AS %s, label AS %s FROM source WHERE %s"
            .formatted(column("id"), column("label"), where),
        List.of("app"),
        "UTC",
        List.of(unique(named("ours"), named("id"))));
  }

  /** Roles that the operator may become and inherits nothing of, where the server can tell. */
  private void makeRoles() {
    boolean can = Integer.parseInt(database.value("SHOW server_version_num")) >= 160000;
    String withoutInheriting = can ? "WITH INHERIT FALSE, SET TRUE" : "";
    for (String role : List.of("owner", "grantor", "viewer", "reader", "later")) {
      database.asAdmin(
          "CREATE ROLE " + role(role),
          "GRANT %s TO %s %s".formatted(role(role), database.role(), withoutInheriting),
          "GRANT USAGE, CREATE ON SCHEMA app TO " + role(role),
          "GRANT SELECT ON app.source TO " + role(role));
    }
  }

  private void decorateView() {
    String view = quoted("v");
    database.asAdmin(
        "SET allow_in_place_tablespaces = on",
        "CREATE TABLESPACE %s_space LOCATION ''".formatted(database.name()),
        "GRANT CREATE ON TABLESPACE %s_space TO PUBLIC".formatted(database.name()),
        "ALTER MATERIALIZED VIEW %s SET TABLESPACE %s_space".formatted(view, database.name()),
        "ALTER MATERIALIZED VIEW %s OWNER TO %s".formatted(view, role("owner")),
        "GRANT SELECT, INSERT ON %s TO PUBLIC".formatted(view),
        "GRANT SELECT ON %s TO %s WITH GRANT OPTION".formatted(view, role("grantor")),
        "GRANT UPDATE ON %s TO %s".formatted(view, role("grantor")),
        "SET ROLE " + role("grantor"),
        "GRANT SELECT ON %s TO %s".formatted(view, role("viewer")),
        "GRANT SELECT (%s) ON %s TO %s".formatted(column("label"), view, role("reader")),
        "RESET ROLE",
        "GRANT SELECT (%s), UPDATE (%1$s) ON %s TO %s"
            .formatted(column("id"), view, role("reader")),
        "REVOKE DELETE ON %s FROM %s".formatted(view, role("owner")),
        "ALTER MATERIALIZED VIEW %s SET (fillfactor = 70, toast.autovacuum_enabled = off)"
            .formatted(view),
        "COMMENT ON MATERIALIZED VIEW %s IS 'it''s; \\ ours'".formatted(view),
        "COMMENT ON COLUMN %s.%s IS 'a; column'".formatted(view, column("label")),
        "ALTER MATERIALIZED VIEW %s ALTER %s SET STATISTICS 0".formatted(view, column("id")),
        "ALTER MATERIALIZED VIEW %s ALTER %s SET STATISTICS 500".formatted(view, column("label")),
        "ALTER MATERIALIZED VIEW %s ALTER %s SET STORAGE EXTERNAL".formatted(view, column("label")),
        "ALTER MATERIALIZED VIEW %s ALTER %s SET COMPRESSION pglz".formatted(view, column("label")),
        "ALTER MATERIALIZED VIEW %s ALTER %s SET (n_distinct = -0.5)"
            .formatted(view, column("label")));
  }

  private void decorateIndexesAndStatistics() {
    String view = quoted("v");
    database.asAdmin(
        "CREATE UNIQUE INDEX %s ON %s USING btree (lower(%s) COLLATE \"C\" DESC) INCLUDE (%s) WITH (fillfactor = 50) TABLESPACE %s_space WHERE %s > 0"
            .formatted(
                column("theirs"),
                view,
                column("label"),
                column("id"),
                database.name(),
                column("id")),
        "COMMENT ON INDEX %s IS 'somebody''s'".formatted(quoted("theirs")),
        "ALTER INDEX %s ALTER COLUMN 1 SET STATISTICS 77".formatted(quoted("theirs")),
        "COMMENT ON INDEX %s IS 'ours'".formatted(quoted("ours")),
        "ALTER MATERIALIZED VIEW %s CLUSTER ON %s".formatted(view, column("ours")),
        "CREATE SCHEMA other AUTHORIZATION " + role("owner"),
        "SET ROLE " + role("owner"),
        "CREATE STATISTICS %s (ndistinct, mcv) ON %s, %s FROM %s"
            .formatted(quoted("stat"), column("id"), column("label"), view),
        "CREATE STATISTICS other.%s ON (%s + 1), lower(%s) FROM %s"
            .formatted(column("stat"), column("id"), column("label"), view),
        "ALTER STATISTICS %s SET STATISTICS 99".formatted(quoted("stat")),
        "COMMENT ON STATISTICS %s IS 'both'".formatted(quoted("stat")));
  }

  private void putViewsOnTop() {
    database.asAdmin(
        "SET ROLE " + role("viewer"),
        "CREATE VIEW %s (first, \"Second\") WITH (security_barrier, security_invoker = off) AS SELECT * FROM %s"
            .formatted(quoted("barrier"), quoted("v")),
        "GRANT SELECT ON %s TO %s WITH GRANT OPTION".formatted(quoted("barrier"), role("reader")),
        "COMMENT ON VIEW %s IS 'a view; on top'".formatted(quoted("barrier")),
        "RESET ROLE",
        "GRANT SELECT ON %s TO %s".formatted(quoted("barrier"), database.role()),
        "SET ROLE " + database.role(),
        "CREATE VIEW %s AS SELECT b.first, v.* FROM %s b JOIN %s v ON v.%s = b.first"
            .formatted(quoted("both"), quoted("barrier"), quoted("v"), column("id")),
        "CREATE VIEW %s AS SELECT first FROM %s".formatted(quoted("outer"), quoted("both")));
  }

  @Test
  void whatWasNeverGrantedIsNotGivenByDefaultPrivileges() {
    TestViews.fill(operated, definition("id > 0"));
    makeRoles();
    database.asAdmin(
        "ALTER DEFAULT PRIVILEGES FOR ROLE %s IN SCHEMA app GRANT SELECT ON TABLES TO %s"
            .formatted(database.role(), role("later")));

    operated.rebuild(rebuild(operated, definition("id > 1"))).execute();

    assertThat(
            database.value(
                "SELECT has_table_privilege('%s', 'app.v', 'SELECT')".formatted(roleName("later"))))
        .isEqualTo("f");
    assertThat(
            database.value(
                "SELECT coalesce(relacl, acldefault('r', relowner)) = acldefault('r', relowner)"
                    + " FROM pg_class WHERE oid = 'app.v'::regclass"))
        .isEqualTo("t");
  }

  private List<String> catalogue() {
    return Catalogue.of(database.server(), database.name());
  }

  /** As long as a name may be, where there is an ending at all. */
  private String named(String base) {
    String name = base + ending;
    while (!ending.isEmpty() && name.getBytes(StandardCharsets.UTF_8).length < 62) {
      name += "é";
    }
    return !ending.isEmpty() && name.getBytes(StandardCharsets.UTF_8).length < 63
        ? name + "_"
        : name;
  }

  private QualifiedName name(String base) {
    return new QualifiedName("app", named(base));
  }

  private String quoted(String base) {
    return Sql.qualified(name(base));
  }

  private String column(String base) {
    return Sql.identifier(named(base));
  }

  private String roleName(String base) {
    return named(database.name() + "_" + base);
  }

  private String role(String base) {
    return Sql.identifier(roleName(base));
  }

  private Run lastRun() {
    return operated.observe(name("v")).refresh().lastRun().orElseThrow();
  }
}
