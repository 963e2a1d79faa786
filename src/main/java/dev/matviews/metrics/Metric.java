package dev.matviews.metrics;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.stream.IntStream;

/**
 * All metrics of our own, as a scrape shows them: the one list that the code, docs/metrics.md, the
 * dashboard and the alerts are held to.
 */
public enum Metric {
  RefreshTotal(
      "matview_refresh_total",
      Kind.Counter,
      "result,reason,mode",
      "Runs that have ended, each try for itself, and slots that were skipped or missed"),
  RefreshDuration(
      "matview_refresh_duration_seconds",
      Kind.Histogram,
      "result,mode",
      "How long runs took, from the first statement on the view until its new data were there"),
  RefreshLateness(
      "matview_refresh_lateness_seconds",
      Kind.Histogram,
      Labels.NONE,
      "How long after its slot the first try of a scheduled run began"),
  Leader("matview_leader", Kind.Gauge, Labels.NONE, "1 in the replica that works, 0 in others"),

  ConnectionUp(
      "matview_connection_up",
      Kind.Gauge,
      Labels.CONNECTION,
      "1 while the database answers, 0 while the connection cannot be used or is not there"),
  QueueDepth(
      "matview_queue_depth",
      Kind.Gauge,
      Labels.CONNECTION,
      "Refreshes and other long work that wait for a place"),
  QueueLag(
      "matview_queue_lag_seconds",
      Kind.Gauge,
      Labels.CONNECTION,
      "For how long the one that has waited longest has done so, 0 while none waits"),
  QueueRunning(
      "matview_queue_running",
      Kind.Gauge,
      Labels.CONNECTION,
      "Refreshes and other long work under way"),
  Views("matview_views", Kind.Gauge, Labels.CONNECTION, "Views that name the connection"),
  ViewsReady("matview_views_ready", Kind.Gauge, Labels.CONNECTION, "Those that are Ready"),
  ViewsStalled(
      "matview_views_stalled",
      Kind.Gauge,
      Labels.CONNECTION,
      "Those that somebody has to do something about: Stalled is True"),
  ViewsStale(
      "matview_views_stale",
      Kind.Gauge,
      Labels.CONNECTION,
      "Those whose data are older than their maxStaleness"),
  ViewsFailing(
      "matview_views_failing", Kind.Gauge, Labels.CONNECTION, "Those whose last run failed"),
  FailureStreakMax(
      "matview_failure_streak_max",
      Kind.Gauge,
      Labels.CONNECTION,
      "The most failed refreshes in a row that one of them has"),
  ViewsDrifted(
      "matview_views_drifted",
      Kind.Gauge,
      Labels.CONNECTION,
      "Those that another hand changed in the database, and that are left so"),

  Ready("matview_ready", Kind.Gauge, Labels.VIEW, "1 while the view is Ready, else 0"),
  LastSuccess(
      "matview_last_success_timestamp_seconds",
      Kind.Gauge,
      Labels.VIEW,
      "When the newest run that succeeded ended, in seconds since 1970"),
  Staleness("matview_staleness_seconds", Kind.Gauge, Labels.VIEW, "How old the data are"),
  Rows("matview_rows", Kind.Gauge, Labels.VIEW, "How many rows the view holds, as its status says"),
  ConsecutiveFailures(
      "matview_consecutive_failures",
      Kind.Gauge,
      Labels.VIEW,
      "How many refreshes in a row have failed");

  /** How Prometheus is to read it. */
  public enum Kind {
    Counter,
    Gauge,
    Histogram
  }

  private static final class Labels {
    static final String NONE = "";
    static final String CONNECTION = "namespace,connection";
    static final String VIEW = "namespace,view";
  }

  private final String exported;
  private final Kind kind;
  private final String labels;
  private final String help;

  Metric(String exported, Kind kind, String labels, String help) {
    this.exported = exported;
    this.kind = kind;
    this.labels = labels;
    this.help = help;
  }

  /** Its name in a scrape. */
  public String exported() {
    return exported;
  }

  public Kind kind() {
    return kind;
  }

  public List<String> labels() {
    return labels.isEmpty() ? List.of() : List.of(labels.split(",", -1));
  }

  public String help() {
    return help;
  }

  /** Whether each view has one, which is done only where it is asked for. */
  public boolean isOfView() {
    return labels.equals(Labels.VIEW);
  }

  /** Whether each connection has one. */
  public boolean isOfConnection() {
    return labels.equals(Labels.CONNECTION);
  }

  Tags tags(List<String> values) {
    List<String> names = labels();
    if (values.size() != names.size()) {
      throw new IllegalArgumentException("%s has the labels %s".formatted(exported, names));
    }
    return Tags.of(
        IntStream.range(0, names.size())
            .mapToObj(i -> Tag.of(names.get(i), values.get(i)))
            .toList());
  }
}
