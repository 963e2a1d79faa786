package dev.matviews.postgres;

import dev.matviews.refresh.Trigger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * What a run has to know once nobody else can work on its view, by one question: a slot is late by
 * each.
 *
 * @param now by the database's clock
 * @param triesBefore of the same run that were written down before
 * @param owner of the view, for one that may be acted as
 */
record RunStart(boolean isDone, int triesBefore, Instant now, Owner owner) {

  /**
   * A slot was decided on beforehand, so another operator may have done it, or a newer one, since;
   * of slots that are settled the rows need not be there any more. A run that an object of its own
   * stands for is never tried again, however it ended.
   *
   * @throws DatabaseException UnsupportedVersion where a newer operator has changed the tables
   */
  static RunStart of(Session fenced, Bookkeeping bookkeeping, RunOrder order) throws SQLException {
    return fenced
        .query(
            SqlFile.read("run-start.sql")
                .replace("${version}", bookkeeping.version())
                .replace("${bookkeeping}", bookkeeping.quotedSchema())
                .replace("${owner}", Owner.nameInSql("asked.schema_name", "asked.view_name")),
            RunStart::read,
            order.view().schema(),
            order.view().name(),
            order.id().toString(),
            order.id().trigger() == Trigger.Schedule,
            order.due().toString())
        .get(0);
  }

  private static RunStart read(ResultSet row) throws SQLException {
    BookkeepingVersion.require(row.getInt("bookkeeping_version"));
    return new RunStart(
        row.getBoolean("done"),
        row.getInt("tries_before"),
        row.getObject("now", OffsetDateTime.class).toInstant(),
        new Owner(row.getString("owner"), row.getString("us")));
  }
}
