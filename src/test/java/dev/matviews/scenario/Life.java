package dev.matviews.scenario;

import java.util.List;
import java.util.Random;

/**
 * The spec of one view as somebody edits it at random, what other hands do meanwhile, and what the
 * truth table of the conditions says about each stop.
 */
final class Life {

  static final String INDEX = "_key";
  static final String ON_TOP = "_on_top";

  /** A definition, by what becomes of it. */
  enum Query {
    NUMBERS("SELECT id FROM app.source", "id"),
    LABELS("SELECT id, label FROM app.source", "id,label"),
    FEW("SELECT id, label FROM app.source WHERE id < 3", "id,label"),
    INVALID("SELECT id, nothing FROM app.source", ""),
    NO_SOURCE("SELECT id FROM app.nowhere", ""),
    FAILING("SELECT id, 1 / (id - id) AS one FROM app.source", "");

    final String sql;
    final String columns;

    Query(String sql, String columns) {
      this.sql = sql;
      this.columns = columns;
    }

    boolean good() {
      return !columns.isEmpty();
    }
  }

  private final String name;
  private final Random random;
  private Query wanted = Query.NUMBERS;
  private Query live = Query.NUMBERS;
  private boolean suspended;
  private boolean asksForApproval;
  private String approved = "";
  private boolean reports;
  private boolean othersOnTop;
  private boolean indexGone;

  Life(String name, Random random) {
    this.name = name;
    this.random = random;
  }

  String name() {
    return name;
  }

  String relation() {
    return "app." + name;
  }

  Query live() {
    return live;
  }

  String sql() {
    return wanted.sql;
  }

  /** YAML of the rest of the spec. */
  String more() {
    return """
        indexes: [{name: %s, unique: true, columns: [id]}]
        suspend: %s
        changePolicy: %s
        driftPolicy: %s
        """
        .formatted(
            name + INDEX,
            suspended,
            asksForApproval ? "OnApproval" : "Automatic",
            reports ? "Report" : "Correct");
  }

  boolean isPending() {
    return expected().equals("FALSE/ChangePendingApproval Stalled");
  }

  void approve() {
    approved = change();
  }

  /** What is approved is a step from one definition to another, and no other step. */
  private String change() {
    return live + " to " + wanted;
  }

  /** One field gets another value. */
  void edit() {
    switch (random.nextInt(8)) {
      case 0 -> suspended = !suspended;
      case 1 -> asksForApproval = !asksForApproval;
      case 2 -> reports = !reports;
      default -> wanted = Query.values()[random.nextInt(Query.values().length)];
    }
  }

  /** Statements of somebody else, as the server's admin. */
  List<String> byAnotherHand() {
    if (othersOnTop) {
      othersOnTop = false;
      return List.of("DROP MATERIALIZED VIEW " + relation() + ON_TOP);
    }
    if (random.nextBoolean()) {
      othersOnTop = true;
      return List.of(
          "CREATE MATERIALIZED VIEW %1$s%2$s AS SELECT id FROM %1$s".formatted(relation(), ON_TOP));
    }
    indexGone = true;
    return List.of("DROP INDEX IF EXISTS " + relation() + INDEX);
  }

  /** What the operator has done by the time it says what is expected. */
  void settle() {
    if (goesLive()) {
      live = wanted;
      indexGone = false;
    }
    // An index comes back with a definition that stands; while it does not, nothing is touched.
    if (wanted.equals(live) && !suspended && !reports) {
      indexGone = false;
    }
  }

  private boolean goesLive() {
    return !wanted.equals(live) && refusal().isEmpty() && wanted.good();
  }

  /** Status and reason of Ready, then the conditions that are there. */
  String expected() {
    String refusal = wanted.equals(live) ? "" : refusal();
    if (!refusal.isEmpty()) {
      return refusal;
    }
    if (!wanted.equals(live) && !wanted.good()) {
      return "FALSE/QueryFailed Stalled";
    }
    if (indexGone && reports && wanted.equals(live)) {
      return "TRUE/InSync Drifted";
    }
    return indexGone && suspended && wanted.equals(live) ? "FALSE/Suspended" : "TRUE/InSync";
  }

  private String refusal() {
    if (wanted == Query.INVALID) {
      return "FALSE/InvalidSQL Stalled";
    }
    if (wanted == Query.NO_SOURCE) {
      return "FALSE/SourceMissing Reconciling";
    }
    if (othersOnTop) {
      return "FALSE/DependentsExist Stalled";
    }
    if (asksForApproval && !approved.equals(change())) {
      return "FALSE/ChangePendingApproval Stalled";
    }
    return suspended ? "FALSE/Suspended" : "";
  }

  @Override
  public String toString() {
    return "%s, %s live, %s".formatted(wanted, live, more().replace('\n', ' '))
        + (othersOnTop ? "others on top " : "")
        + (indexGone ? "index gone " : "")
        + expected();
  }
}
