package dev.matviews.playground;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a database's catalogue holds of the relations of schema {@code app}, but for what a
 * relation that was made anew must have anew: OIDs, files, and the query of a materialized view.
 */
public final class Catalogue {

  private static final List<String> QUERIES =
      List.of(
          """
          SELECT c.relname, c.relkind, o.rolname, c.relacl, c.reloptions, am.amname, t.spcname,
            x.reloptions, obj_description(c.oid, 'pg_class'),
            CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) || c.oid END
          FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner
          LEFT JOIN pg_am am ON am.oid = c.relam LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
          LEFT JOIN pg_class x ON x.oid = c.reltoastrelid
          WHERE c.relnamespace = 'app'::regnamespace ORDER BY 1
          """,
          """
          SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attacl, a.attstorage,
            a.attcompression, a.attoptions, coalesce(a.attstattarget, -1), col_description(c.oid, a.attnum)
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
          WHERE c.relnamespace = 'app'::regnamespace ORDER BY 1, a.attnum
          """,
          """
          SELECT pg_get_indexdef(i.indexrelid), i.indisclustered, i.indisvalid
          FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
          WHERE c.relnamespace = 'app'::regnamespace ORDER BY 1
          """,
          """
          SELECT pg_get_statisticsobjdef(s.oid), coalesce(s.stxstattarget, -1),
            obj_description(s.oid, 'pg_statistic_ext')
          FROM pg_statistic_ext s ORDER BY 1
          """);

  private Catalogue() {}

  /** A line for each row, to be compared with those of another moment. */
  public static List<String> of(PostgresServer server, String database) {
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement()) {
      List<String> lines = new ArrayList<>();
      for (String query : QUERIES) {
        try (ResultSet rows = statement.executeQuery(query)) {
          while (rows.next()) {
            lines.add(line(rows));
          }
        }
      }
      return lines;
    } catch (SQLException e) {
      throw new IllegalStateException("the catalogue cannot be read: " + e.getMessage(), e);
    }
  }

  private static String line(ResultSet rows) throws SQLException {
    List<String> cells = new ArrayList<>();
    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
      cells.add(String.valueOf(rows.getString(i)));
    }
    return String.join("|", cells);
  }
}
