package dev.matviews.postgres;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** People who change the database under the operator, and what they made that must outlive it. */
final class OtherHands {

  private final TestDatabase database;
  private final Random random;
  private final String owner;
  private final String stranger;
  private final Deque<String> undo = new ArrayDeque<>();
  private final List<String> views = new ArrayList<>();
  private final List<String> indexes = new ArrayList<>();
  private int number;

  OtherHands(TestDatabase database, Random random, String owner, String stranger) {
    this.database = database;
    this.random = random;
    this.owner = owner;
    this.stranger = stranger;
  }

  /** Does one thing; what PostgreSQL refuses is not done. */
  String act() {
    number++;
    return switch (random.nextInt(14)) {
      case 0 -> dropView();
      case 1 -> tried("DROP INDEX IF EXISTS app.i0, app.i1");
      case 2 -> tried("ALTER MATERIALIZED VIEW app.v OWNER TO " + owner);
      case 3 ->
          undone(
              "ALTER MATERIALIZED VIEW app.v OWNER TO " + stranger,
              "ALTER MATERIALIZED VIEW app.v OWNER TO " + owner);
      case 4 -> tried("GRANT SELECT ON app.v TO PUBLIC");
      case 5 -> tried("REVOKE ALL ON app.v FROM PUBLIC");
      case 6 -> tried("ALTER MATERIALIZED VIEW app.v RENAME COLUMN label TO renamed");
      case 7 ->
          undone(
              "ALTER TABLE app.source RENAME COLUMN label TO renamed",
              "ALTER TABLE app.source RENAME COLUMN renamed TO label");
      case 8 -> tried("ALTER TABLE app.source ADD COLUMN added%d int".formatted(number));
      case 9 -> replaceSource();
      case 10 -> made(views, "top", "CREATE VIEW app.%s AS SELECT " + column() + " FROM app.v");
      case 11 -> made(indexes, "theirs", "CREATE INDEX %s ON app.v (id)");
      case 12 -> tried("REFRESH MATERIALIZED VIEW app.v WITH NO DATA");
      default ->
          tried("UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass('app.i0')");
    };
  }

  private String column() {
    return random.nextBoolean() ? "id" : "label";
  }

  private String dropView() {
    String done = tried("DROP MATERIALIZED VIEW app.v");
    if (database.value("SELECT to_regclass('app.v') IS NULL").equals("t")) {
      indexes.clear();
    }
    return done;
  }

  private String replaceSource() {
    return tried(
        "ALTER TABLE app.source RENAME TO source%d".formatted(number),
        "CREATE TABLE app.source (LIKE app.source%d)".formatted(number),
        "GRANT ALL ON app.source TO PUBLIC",
        "INSERT INTO app.source SELECT * FROM app.source%d".formatted(number));
  }

  private String made(List<String> names, String kind, String create) {
    String name = kind + number;
    boolean view = kind.equals("top");
    String grant = view ? "GRANT SELECT ON app.%s TO PUBLIC".formatted(name) : "SELECT";
    boolean ofOurs = view && random.nextInt(3) > 0;
    String give = ofOurs ? "ALTER VIEW app.%s OWNER TO %s".formatted(name, owner) : "SELECT";
    String done = tried(create.formatted(name), give, grant);
    if (!database.value("SELECT to_regclass('app.%s') IS NULL".formatted(name)).equals("t")) {
      names.add(name);
    }
    return done;
  }

  private String undone(String change, String back) {
    String done = tried(change);
    if (done.endsWith("done")) {
      undo.push(back);
    }
    return done;
  }

  /** All of it or, as with things that are not there, nothing. */
  private String tried(String... sql) {
    String all = String.join("; ", sql);
    try {
      database.asAdmin("SET search_path = app", all);
      return all + ": done";
    } catch (IllegalStateException e) {
      return all + ": refused";
    }
  }

  /** They take back what is in the way. */
  void takeBack() {
    undo.forEach(back -> tried(back));
    undo.clear();
  }

  void dropViewsOnTop() {
    views.forEach(view -> tried("DROP VIEW app." + view));
    views.clear();
  }

  /** What of theirs is not as they made it. */
  List<String> lost() {
    List<String> lost = new ArrayList<>();
    for (String view : views) {
      add(
          lost,
          view,
          "relkind = 'v' AND relacl::text LIKE '%=r/%' AND EXISTS (SELECT FROM"
              + " pg_depend d JOIN pg_rewrite r ON r.oid = d.objid WHERE r.ev_class = c.oid"
              + " AND d.refobjid = to_regclass('app.v'))");
    }
    for (String index : indexes) {
      add(
          lost,
          index,
          "EXISTS (SELECT FROM pg_index i WHERE i.indexrelid = c.oid AND i.indisvalid"
              + " AND i.indrelid = to_regclass('app.v'))");
    }
    return lost;
  }

  private void add(List<String> lost, String name, String condition) {
    String found =
        database.value(
            "SELECT count(*) FROM pg_class c WHERE relname = '%s' AND relnamespace = 'app'::regnamespace AND "
                    .formatted(name)
                + condition);
    if (!"1".equals(found)) {
      lost.add(name);
    }
  }
}
