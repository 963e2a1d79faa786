package dev.matviews.bench;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The one place that prints what was measured, and keeps it for the page. */
final class Report {

  private final PrintStream out;
  private final StringBuilder page = new StringBuilder();
  private final Map<String, String> versions = new HashMap<>();
  private int missed;
  private long mostConnections;

  Report(PrintStream out) {
    this.out = out;
  }

  /**
   * What a value should be.
   *
   * @param limit that it is not above
   * @param reached whether it may be as much as the limit
   */
  record Target(double limit, boolean reached) {

    static Target atMost(double limit) {
      return new Target(limit, true);
    }

    static Target below(double limit) {
      return new Target(limit, false);
    }

    boolean holds(double value) {
      return value < limit || (reached && value == limit);
    }

    String shown(String unit) {
      return (reached ? "≤ " : "< ") + number(limit) + unit(unit);
    }
  }

  /** Begins a table; how its figures were taken stands above it. */
  void section(String title, String how) {
    line("");
    line("## " + title);
    line("");
    line(how.strip());
    line("");
    line("| | measured | target | |");
    line("|---|---|---|---|");
  }

  void figure(String what, double value, String unit) {
    row(what, number(value) + unit(unit), "", "");
  }

  void figure(String what, double value, String unit, Target target) {
    boolean holds = target.holds(value);
    missed += holds ? 0 : 1;
    row(what, number(value) + unit(unit), target.shown(unit), holds ? "held" : "missed");
  }

  /** Of things that are counted. */
  void figure(String what, long count, String unit) {
    figure(what, (double) count, unit);
  }

  /** Of things that are counted. */
  void figure(String what, long count, String unit, Target target) {
    figure(what, (double) count, unit, target);
  }

  void words(String what, String words) {
    row(what, words, "", "");
  }

  /** Not measured, since something is not there. */
  void skipped(String what, String why) {
    row(what, "not measured: " + why, "", "");
  }

  /** Of one database, at any moment of a benchmark. */
  void sawConnections(long most) {
    mostConnections = Math.max(mostConnections, most);
  }

  long mostConnections() {
    return mostConnections;
  }

  /** Of a server that was measured with. */
  void version(String product, String version) {
    versions.put(product, version);
  }

  Map<String, String> versions() {
    return Map.copyOf(versions);
  }

  int missed() {
    return missed;
  }

  /** All sections so far. */
  String page() {
    return page.toString();
  }

  private void row(String what, String value, String target, String verdict) {
    line("| %s | %s | %s | %s |".formatted(what, value, target, verdict));
  }

  private void line(String text) {
    out.println(text);
    page.append(text).append('\n');
  }

  /** Three digits say all that a measurement on a shared machine can say. */
  static String number(double value) {
    double size = Math.abs(value);
    int decimals =
        value == Math.rint(value) || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }

  private static String unit(String unit) {
    return unit.isEmpty() ? "" : " " + unit;
  }
}
