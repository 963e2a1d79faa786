package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes along to a shadow what somebody gave the old view: grants, comments, settings of columns
 * and extended statistics. To be called again takes along what was given meanwhile.
 */
final class Carry {

  private final Session session;
  private final Shadow shadow;
  private final Copies statistics;

  Carry(Session session, Shadow shadow) {
    this.session = session;
    this.shadow = shadow;
    this.statistics = new Copies(session, shadow);
  }

  private record Statement(@Nullable String role, String text) {}

  private record Statistics(Copies.Copy copy, List<String> statements) {}

  /** Roles whose grants on the view could not be repeated, since only they can say them. */
  static List<String> unreachableGrantors(Session session, QualifiedName view) throws SQLException {
    return session.query(
        SqlFile.read("carry-grantors.sql")
            .replace("${reachable}", Owner.MAY_BECOME.formatted("g.oid")),
        row -> row.getString(1),
        view.schema(),
        view.name());
  }

  Shadow shadow() {
    return shadow;
  }

  /** Inside the caller's transaction. */
  void carry() throws SQLException {
    List<Statement> statements =
        session.query(
            SqlFile.read("carry.sql"),
            row -> new Statement(row.getString("role"), row.getString("sql")),
            shadow.old().oid(),
            shadow.oid());
    for (Statement statement : statements) {
      String role = statement.role();
      session.execute(role == null ? shadow.owner().assume() : Owner.become(role));
      session.execute(Sql.of(statement.text()));
    }
    carryStatistics();
    session.execute(shadow.owner().resume());
  }

  /** Their names are unique in a schema, so they get them in the swap. */
  private void carryStatistics() throws SQLException {
    statistics.takeBackReplaced();
    List<Statistics> missing =
        session.query(
            SqlFile.read("carry-statistics.sql"),
            row ->
                new Statistics(
                    new Copies.Copy(
                        row.getLong("oid"),
                        new Rename(
                            "STATISTICS",
                            new QualifiedName(row.getString("schema"), row.getString("scratch")),
                            row.getString("name"))),
                    List.of((String[]) row.getArray("statements").getArray())),
            shadow.oid(),
            shadow.old().oid(),
            session.texts(statistics.all().stream().map(Copies.Copy::name).toList()));
    session.execute(shadow.owner().assume());
    for (Statistics one : missing) {
      for (String text : one.statements()) {
        session.execute(Sql.of(text));
      }
      statistics.add(one.copy());
    }
  }

  List<Rename> statistics() {
    return statistics.renames();
  }
}
