package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.matviews.plan.Claim;
import dev.matviews.plan.Index;
import dev.matviews.plan.Reason;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.RowCounting;
import dev.matviews.refresh.RunOptions;
import dev.matviews.refresh.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DesiredViewTest {

  @Test
  @DisplayName("what the spec leaves open has its default")
  void defaults() {
    DesiredView view = view("");
    assertThat(view.name()).hasToString("public.board");
    assertThat(view.claim()).isEqualTo(new Claim("default", "team", "board"));
    assertThat(definition(view).sql()).isEqualTo("SELECT 1 AS a");
    assertThat(definition(view).searchPath()).containsExactly("public");
    assertThat(definition(view).timeZone()).isEqualTo("UTC");
    assertThat(definition(view).indexes()).isEmpty();
    assertThat(view.refresh().mode()).isEqualTo(Mode.Auto);
    assertThat(view.refresh().schedule()).isEmpty();
    assertThat(view.refresh().startingDeadline()).isEmpty();
    assertThat(view.refresh().fillAtOnce()).isTrue();
    assertThat(view.refresh().retries()).isEqualTo(3);
    assertThat(view.refresh().timeout()).isEqualTo(Duration.ofHours(1));
    assertThat(view.refresh().lockTimeout()).isEqualTo(Duration.ofMillis(100));
    assertThat(view.refresh().suspended()).isFalse();
    assertThat(view.refresh().options()).isEqualTo(RunOptions.DEFAULT);
    assertThat(view.request()).isNull();
  }

  @Test
  @DisplayName("each field arrives where it belongs")
  void everyField() {
    DesiredView view =
        DesiredView.of(
            Manifests.view(
                "{name: board, annotations: {matviews.dev/refresh-requested-at: now}}",
                """
                schema: app
                viewName: Board
                sql: SELECT 2
                searchPath: ["$user", app, public]
                sessionTimeZone: Europe/Berlin
                indexes:
                - {name: by_id, unique: true, columns: [id, team]}
                - {name: by_team, columns: [team]}
                refresh:
                  mode: Concurrent
                  schedule: "0 6 * * *"
                  timeZone: Asia/Tokyo
                  startingDeadline: 90s
                  initialPopulation: Deferred
                  retries: 7
                  timeout: 1h30m
                  lockTimeout: 250ms
                  rowCount: Exact
                  notifyChannel: fresh
                  sessionSettings: {work_mem: 64MB, jit: "off"}
                historyLimit: 7
                suspend: true
                """),
            "staging");
    assertThat(view.name()).hasToString("app.Board");
    assertThat(view.claim()).isEqualTo(new Claim("staging", "team", "board"));
    assertThat(definition(view).sql()).isEqualTo("SELECT 2");
    assertThat(definition(view).searchPath()).containsExactly("$user", "app", "public");
    assertThat(definition(view).timeZone()).isEqualTo("Europe/Berlin");
    assertThat(definition(view).indexes())
        .containsExactly(
            Index.of("by_id", true, List.of("id", "team")),
            Index.of("by_team", false, List.of("team")));
    assertThat(view.refresh().mode()).isEqualTo(Mode.Concurrent);
    assertThat(view.refresh().schedule().map(Schedule::identity)).contains("0 6 * * * Asia/Tokyo");
    assertThat(view.refresh().startingDeadline()).contains(Duration.ofSeconds(90));
    assertThat(view.refresh().fillAtOnce()).isFalse();
    assertThat(view.refresh().retries()).isEqualTo(7);
    assertThat(view.refresh().timeout()).isEqualTo(Duration.ofMinutes(90));
    assertThat(view.refresh().lockTimeout()).isEqualTo(Duration.ofMillis(250));
    assertThat(view.refresh().suspended()).isTrue();
    assertThat(view.refresh().options())
        .isEqualTo(
            new RunOptions(
                7, RowCounting.Exact, "fresh", Map.of("work_mem", "64MB", "jit", "off"), null));
    assertThat(view.request()).isEqualTo("now");
  }

  private static ViewDefinition definition(DesiredView view) {
    return view.managed().orElseThrow().definition();
  }

  @Test
  @DisplayName("an index of every field")
  void everyFieldOfAnIndex() {
    DesiredView view =
        DesiredView.of(
            Manifests.view(
                """
                indexes:
                  - name: i
                    unique: true
                    keys:
                      - {column: a, order: desc, nulls: first, collation: pg_catalog.C}
                      - {expression: lower(b), order: asc, nulls: last, operatorClass: text_ops}
                    include: [c]
                    where: a > 0
                    method: gist
                    nullsNotDistinct: true
                    parameters: {fillfactor: "70"}
                """),
            "default");
    assertThat(definition(view).indexes())
        .containsExactly(
            new Index(
                "i",
                true,
                List.of(
                    new Index.Key(
                        "a", null, Index.Order.Desc, Index.Nulls.First, null, "pg_catalog.C"),
                    new Index.Key(
                        null, "lower(b)", Index.Order.Asc, Index.Nulls.Last, "text_ops", null)),
                List.of("c"),
                "a > 0",
                Index.Method.Gist,
                true,
                Map.of("fillfactor", "70")));
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @DisplayName("a view is called as its object, unless it has a name of its own")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          daily-sales     | {}                 | public.daily_sales
          daily.sales-2   | {}                 | public.daily_sales_2
          daily-sales     | {viewName: x-y}    | public.x-y
          daily-sales     | {viewName: "X.Y"}  | public.X.Y
          daily-sales     | {schema: app}      | app.daily_sales
          """)
  void names(String object, String spec, String name) {
    assertThat(DesiredView.nameOf(Manifests.view("{name: %s}".formatted(object), spec)))
        .hasToString(name);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a schedule is read in its zone")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          refresh: {schedule: '@daily'}                            | @daily
          refresh: {schedule: '@daily', timeZone: Etc/UTC}         | @daily
          refresh: {schedule: '0 6 * * *', timeZone: Asia/Tokyo}   | 0 6 * * * Asia/Tokyo
          refresh: {interval: 10s}                                 | every 10s
          refresh: {interval: 90m}                                 | every 1h30m
          """)
  void schedules(String spec, String shown) {
    assertThat(view(spec).refresh().schedule().map(Object::toString)).contains(shown);
  }

  @Test
  @DisplayName("jitter moves each slot by the same time, which belongs to the schedule")
  void jitter() {
    Instant ten = Instant.parse("2026-01-05T10:00:00Z");
    Schedule schedule = schedule("{schedule: '0 * * * *', jitter: 10m}");
    Duration offset = Duration.between(ten, schedule.next(ten));
    assertThat(offset).isBetween(Duration.ofMillis(1), Duration.ofMinutes(10));
    assertThat(schedule.next(ten.plus(offset)))
        .isEqualTo(ten.plus(offset).plus(Duration.ofHours(1)));
    assertThat(schedule).hasToString("0 * * * *");
    assertThat(schedule.identity())
        .isEqualTo("0 * * * * Etc/UTC +" + offset.toMillis() + "ms")
        .isNotEqualTo(schedule("{schedule: '0 * * * *', jitter: 9m}").identity());
    assertThat(schedule("{schedule: '0 * * * *', jitter: 0s}").identity())
        .isEqualTo("0 * * * * Etc/UTC");
  }

  private static Schedule schedule(String refresh) {
    return view("refresh: " + refresh).refresh().schedule().orElseThrow();
  }

  @ParameterizedTest(name = "{1} × {2} + {3}: {4}")
  @DisplayName("a name has 1 to 63 bytes, whatever its characters are, and no NUL")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {viewName: "%s"}                                   | a | 63 | ''     | fits
          {viewName: "%s"}                                   | a | 64 | ''     | refused
          {viewName: "%s"}                                   | ä | 31 | x      | fits
          {viewName: "%s"}                                   | ä | 32 | ''     | refused
          {viewName: "%s"}                                   | € | 21 | ''     | fits
          {viewName: "%s"}                                   | € | 21 | x      | refused
          {viewName: "%s"}                                   | 🚀 | 15 | xyz   | fits
          {viewName: "%s"}                                   | 🚀 | 16 | ''    | refused
          {viewName: "%s"}                                   | a | 0  | ''     | refused
          {viewName: "%s"}                                   | a | 1  | '\\0'  | refused
          {schema: "%s"}                                     | a | 63 | ''     | fits
          {schema: "%s"}                                     | a | 64 | ''     | refused
          {searchPath: [app, "%s"]}                          | a | 63 | ''     | fits
          {searchPath: [app, "%s"]}                          | a | 64 | ''     | refused
          {indexes: [{name: "%s", columns: [a]}]}            | a | 63 | ''     | fits
          {indexes: [{name: "%s", columns: [a]}]}            | a | 64 | ''     | refused
          {indexes: [{name: i, columns: [a, "%s"]}]}         | a | 63 | ''     | fits
          {indexes: [{name: i, columns: [a, "%s"]}]}         | a | 64 | ''     | refused
          """)
  void lengths(String spec, String character, int times, String rest, String outcome) {
    String object = spec.formatted(character.repeat(times) + rest);
    if (outcome.equals("fits")) {
      assertThat(view(object)).isNotNull();
    } else {
      assertRefused(object, Reason.InvalidIdentifier, "63");
    }
  }

  @Test
  @DisplayName("an object whose own name is too long for a view needs a viewName, and is told so")
  void longObjectNames() {
    String metadata = "{name: %s}".formatted("x".repeat(64));
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> DesiredView.of(Manifests.view(metadata, ""), "default"))
        .satisfies(
            e -> {
              assertThat(e.problem().reason()).isEqualTo(Reason.InvalidIdentifier);
              assertThat(e.problem().message()).contains("set spec.viewName");
            });
    assertThat(DesiredView.of(Manifests.view(metadata, "viewName: short"), "default").name())
        .hasToString("public.short");
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName(
      "what cannot be realised is refused with its reason, and the message says what is wrong")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          refresh: {schedule: '61 * * * *'}                       | InvalidSchedule | minute (0-59)
          refresh: {schedule: '* * * *'}                          | InvalidSchedule | five fields
          refresh: {schedule: '0 0 31 2 *'}                       | InvalidSchedule | no date ever matches
          refresh: {schedule: '@fortnightly'}                     | InvalidSchedule | @daily
          refresh: {schedule: '0 0 * * * *'}                      | InvalidSchedule | five fields
          refresh: {schedule: '@daily', timeZone: Mars/Olympus}   | InvalidTimeZone | Mars/Olympus
          refresh: {schedule: '@daily', timeZone: CET}            | InvalidTimeZone | CET
          refresh: {schedule: '@daily', timeZone: '+01:00'}       | InvalidTimeZone | +01:00
          sessionTimeZone: Europe/Atlantis                        | InvalidTimeZone | Europe/Atlantis
          sessionTimeZone: UTC+3                                  | InvalidTimeZone | UTC+3
          refresh: {sessionSettings: {role: admin}}               | InvalidSetting  | sessionSettings.role is none
          refresh: {sessionSettings: {jit: 'off', Jit: 'off'}}    | InvalidSetting  | sessionSettings.Jit is none
          refresh: {sessionSettings: {my.enable_x: 'off'}}        | InvalidSetting  | sessionSettings.my.enable_x is none
          """)
  void refusals(String spec, Reason reason, String named) {
    assertRefused(spec, reason, named);
  }

  private static void assertRefused(String spec, Reason reason, String named) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> view(spec))
        .satisfies(
            e -> {
              assertThat(e.problem().reason()).isEqualTo(reason);
              assertThat(e.problem().message()).contains(named);
            });
  }

  private static DesiredView view(String spec) {
    return DesiredView.of(Manifests.view(spec), "default");
  }
}
