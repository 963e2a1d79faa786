package dev.matviews.postgres;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Settings of a spec, which hold while a view is filled and not a moment longer. */
final class SessionSettings {

  private final Map<String, String> settings;

  SessionSettings(Map<String, String> settings) {
    this.settings = settings;
  }

  /** For the transaction that fills the view. */
  List<Sql> set() {
    return settings.entrySet().stream()
        .map(
            setting ->
                Sql.of(
                    "SET LOCAL %s = %s"
                        .formatted(
                            Sql.identifier(setting.getKey()), Sql.literal(setting.getValue()))))
        .toList();
  }

  /**
   * Tries each alone, since a batch does not tell which of its statements was refused.
   *
   * @throws DatabaseException InvalidSetting with the name of the first that the server refuses
   */
  void check(Session session) throws SQLException {
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      try {
        // Local to a transaction that ends with the statement.
        session.query(
            "SELECT pg_catalog.set_config(?, ?, true)",
            row -> "",
            setting.getKey(),
            setting.getValue());
      } catch (SQLException e) {
        if (!session.isOpen()) {
          throw e;
        }
        throw new DatabaseException(Failure.ofSetting(e, setting.getKey()));
      }
    }
  }
}
