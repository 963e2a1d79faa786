package dev.matviews.postgres;

import dev.matviews.refresh.Trigger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run has to know once nobody else can work on its view. It takes one round trip, which also
 * holds the view: a slot is late by each.
 *
 * @param holdsView false where another session works on it; then the rest is not to be relied on
 * @param startedAt by the operator's clock, before the question: however long the answer takes, a
 *     run ends by these clocks before the next one of its view starts
 * @param now by the database's clock
 * @param searchPath of the definition that is live; empty where it is none of ours, or was written
 *     down by an operator that did not know of this yet
 * @param timeZone of the definition that is live; null where it is none of ours
 * @param triesBefore of the same run that were written down before
 * @param owner of the view, for one that may be acted as
 */
record RunStart(
    boolean holdsView,
    boolean isDone,
    int triesBefore,
    Instant startedAt,
    Instant now,
    List<String> searchPath,
    @Nullable String timeZone,
    Owner owner) {

  /**
   * A slot was decided on beforehand, so another operator may have done it, or a newer one, since;
   * of slots that are settled the rows need not be there any more. A run that an object of its own
   * stands for is never tried again, however it ended.
   *
   * @param pins of the run, on a session that has lain idle
   * @throws DatabaseException UnsupportedVersion where a newer operator has changed the tables
   */
  static RunStart of(
      Session session,
      Session.Pins pins,
      ServerAddress address,
      Bookkeeping bookkeeping,
      RunOrder order,
      Clock clock)
      throws SQLException {
    Instant startedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
    return session.resume(
        pins,
        address,
        questions(bookkeeping),
        answers -> read(answers, startedAt),
        Fence.of(order.view()).argument(),
        order.view().schema(),
        order.view().name(),
        order.id().toString(),
        order.id().trigger() == Trigger.Schedule,
        order.due().toString());
  }

  /** Of no view, so that the server has planned the questions before a slot is due. */
  static void rehearse(
      Session session, Session.Pins pins, ServerAddress address, Bookkeeping bookkeeping)
      throws SQLException {
    session.resume(
        pins,
        address,
        questions(bookkeeping),
        answers -> read(answers, Instant.EPOCH),
        "",
        "",
        "",
        "",
        false,
        Instant.EPOCH.toString());
  }

  /** Two, since what is known of the view counts only from the moment on at which it is held. */
  private static String questions(Bookkeeping bookkeeping) {
    return Fence.TRY_HOLD
        + ";\n"
        + SqlFile.read("run-start.sql")
            .replace("${version}", bookkeeping.version())
            .replace("${bookkeeping}", bookkeeping.quotedSchema())
            .replace("${owner}", Owner.nameInSql("asked.schema_name", "asked.view_name"));
  }

  private static RunStart read(Session.Answers answers, Instant startedAt) throws SQLException {
    boolean holdsView = answers.next().getBoolean(1);
    ResultSet row = answers.next();
    BookkeepingVersion.require(row.getInt("bookkeeping_version"));
    return new RunStart(
        holdsView,
        row.getBoolean("done"),
        row.getInt("tries_before"),
        startedAt,
        row.getObject("now", OffsetDateTime.class).toInstant(),
        Catalog.texts(row, "search_path"),
        row.getString("time_zone"),
        new Owner(row.getString("owner"), row.getString("us")));
  }
}
