package dev.matviews.postgres;

import dev.matviews.plan.Attributes;
import dev.matviews.plan.Claim;
import dev.matviews.plan.Desired;
import dev.matviews.plan.Index;
import dev.matviews.plan.ObservedView;
import dev.matviews.plan.Plan;
import dev.matviews.plan.Planner;
import dev.matviews.plan.Policies;
import dev.matviews.plan.Probe;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Step;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.ModeChoice;
import dev.matviews.refresh.RunId;
import dev.matviews.refresh.RunOptions;
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
    return Index.of(name, true, List.of(columns));
  }

  static Index index(String name, String... columns) {
    return Index.of(name, false, List.of(columns));
  }

  static ViewDefinition view(String name, String sql, Index... indexes) {
    return new ViewDefinition(app(name), claim(name), sql, List.of("app"), "UTC", List.of(indexes));
  }

  static Claim claim(String name) {
    return new Claim("default", "team-a", name);
  }

  /** Looks, decides and acts as one pass of the operator does, and says what was decided. */
  static Plan converge(Database database, ViewDefinition wanted) {
    return converge(database, desired(wanted));
  }

  static Desired desired(ViewDefinition definition) {
    return new Desired(definition, Attributes.NONE, Policies.DEFAULT);
  }

  static Plan converge(Database database, Desired wanted) {
    Plan plan = plan(database, wanted);
    if (plan instanceof Plan.Steps steps) {
      apply(database, wanted.name(), steps.steps());
    }
    return plan;
  }

  private static void apply(Database database, QualifiedName view, List<Step> all) {
    List<Step> steps = all.stream().filter(step -> !(step instanceof Step.Rebuild)).toList();
    if (steps.stream().anyMatch(Step::growsWithData)) {
      database.applyLong(view, steps, LONG);
    } else if (!steps.isEmpty()) {
      database.apply(view, steps);
    }
    all.stream()
        .filter(step -> step instanceof Step.Rebuild)
        .forEach(step -> rebuild(database, (Step.Rebuild) step));
  }

  private static void rebuild(Database database, Step.Rebuild step) {
    long oid = database.observe(step.definition().name()).view().relation().orElseThrow().oid();
    RefreshRun run =
        database.rebuild(
            new RebuildOrder(
                step.definition(),
                RunId.definition(step.definition().hash(), oid),
                Instant.now(),
                step.fill(),
                step.tablespace(),
                null,
                LONG,
                LOCK_TIMEOUT,
                RunOptions.DEFAULT));
    if (run.execute() instanceof RefreshRun.Outcome.Busy) {
      throw new IllegalStateException("another session works on the view");
    }
  }

  static Plan plan(Database database, ViewDefinition wanted) {
    return plan(database, desired(wanted));
  }

  static Plan plan(Database database, Desired wanted) {
    ObservedView seen = database.observe(wanted.name()).view();
    Probe probe =
        Planner.needsProbe(wanted, seen)
            ? database.probe(wanted.definition())
            : new Probe.NotNeeded();
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
        new ModeChoice(mode, null, "the test asks for it", false),
        null,
        List.of("app"),
        "UTC",
        timeout,
        LOCK_TIMEOUT,
        RunOptions.DEFAULT,
        null);
  }

  /** A run of a view of ours, in a mode that was chosen. */
  static RefreshOrder order(ViewDefinition spec, RunId id, ModeChoice mode) {
    return new RefreshOrder(
        spec.name(),
        id,
        Instant.now(),
        mode,
        null,
        spec.searchPath(),
        spec.timeZone(),
        LONG,
        LOCK_TIMEOUT,
        RunOptions.DEFAULT,
        spec);
  }

  /** A request for a refresh by swap of a view of ours. */
  static RefreshOrder swap(
      ViewDefinition spec, String request, Duration timeout, boolean elseConcurrent) {
    return swap(spec, RunId.request(request), Instant.now(), timeout, elseConcurrent);
  }

  static RefreshOrder swap(
      ViewDefinition spec, RunId id, Instant due, Duration timeout, boolean elseConcurrent) {
    return new RefreshOrder(
        spec.name(),
        id,
        due,
        new ModeChoice(Mode.Swap, null, "the test asks for it", elseConcurrent),
        2L,
        spec.searchPath(),
        spec.timeZone(),
        timeout,
        LOCK_TIMEOUT,
        RunOptions.DEFAULT,
        spec);
  }

  /** Over the view as it is now. */
  static RebuildOrder rebuild(Database database, ViewDefinition wanted) {
    return rebuild(database, wanted, LONG);
  }

  static RebuildOrder rebuild(Database database, ViewDefinition wanted, Duration timeout) {
    return rebuild(database, wanted, timeout, LOCK_TIMEOUT);
  }

  static RebuildOrder rebuild(
      Database database, ViewDefinition wanted, Duration timeout, Duration lockTimeout) {
    ObservedView.Relation old = database.observe(wanted.name()).view().relation().orElseThrow();
    return new RebuildOrder(
        wanted,
        RunId.definition(wanted.hash(), old.oid()),
        Instant.now(),
        old.populated(),
        null,
        null,
        timeout,
        lockTimeout,
        RunOptions.DEFAULT);
  }

  /** Makes the view and fills it. */
  static void fill(Database database, ViewDefinition wanted) {
    converge(database, wanted);
    database.refresh(order(wanted.name().name(), "first fill", Mode.Standard)).execute();
  }
}
