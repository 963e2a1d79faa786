package dev.matviews.postgres;

import dev.matviews.plan.Claim;
import dev.matviews.plan.Index;
import dev.matviews.plan.ObservedView;
import dev.matviews.plan.Plan;
import dev.matviews.plan.Planner;
import dev.matviews.plan.Probe;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.ModeChoice;
import dev.matviews.refresh.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Views of schema {@code app}, and what the operator does to bring one about. */
final class TestViews {

  static final Duration LONG = Duration.ofMinutes(1);
  static final Duration LOCK_TIMEOUT = Duration.ofMillis(100);

  private TestViews() {}

  static QualifiedName app(String name) {
    return new QualifiedName("app", name);
  }

  static Index unique(String name, String... columns) {
    return new Index(name, true, List.of(columns));
  }

  static Index index(String name, String... columns) {
    return new Index(name, false, List.of(columns));
  }

  static ViewDefinition view(String name, String sql, Index... indexes) {
    return new ViewDefinition(app(name), claim(name), sql, List.of("app"), "UTC", List.of(indexes));
  }

  static Claim claim(String name) {
    return new Claim("default", "team-a", name);
  }

  /** Looks, decides and acts as one pass of the operator does, and says what was decided. */
  static Plan converge(Database database, ViewDefinition wanted) {
    Plan plan = plan(database, wanted);
    if (plan instanceof Plan.Steps steps && !steps.isEmpty()) {
      if (steps.growsWithData()) {
        database.applyLong(wanted.name(), steps, LONG);
      } else {
        database.apply(wanted.name(), steps);
      }
    }
    return plan;
  }

  static Plan plan(Database database, ViewDefinition wanted) {
    ObservedView seen = database.observe(wanted.name()).view();
    Probe probe = Planner.needsProbe(wanted, seen) ? database.probe(wanted) : Probe.NotNeeded;
    return Planner.plan(wanted, seen, probe);
  }

  static RefreshOrder order(String view, String request, Mode mode) {
    return order(view, request, mode, LONG);
  }

  static RefreshOrder order(String view, String request, Mode mode, Duration timeout) {
    return new RefreshOrder(
        app(view),
        RunId.request(request),
        Instant.now(),
        new ModeChoice(mode == Mode.Concurrent, true, "the test asks for it"),
        null,
        List.of("app"),
        "UTC",
        timeout,
        LOCK_TIMEOUT);
  }

  /** Makes the view and fills it. */
  static void fill(Database database, ViewDefinition wanted) {
    converge(database, wanted);
    database.refresh(order(wanted.name().name(), "first fill", Mode.Standard)).execute();
  }
}
