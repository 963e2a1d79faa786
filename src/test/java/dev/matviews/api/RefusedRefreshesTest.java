package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the API server refuses of a MaterializedView's refresh, and what the user reads then. */
class RefusedRefreshesTest {

  private static final String DURATION =
      "a duration is written such as 500ms, 90s or 1h30m; a day is 24h";
  private static final String IANA = "a time zone is an IANA name such as Europe/Berlin or UTC";

  @ParameterizedTest
  @MethodSource("refreshes")
  void refused(Refused row) {
    var object = Objects.view("spec: {refresh: {" + row.yaml() + "}}");
    assertThat(Objects.refusalOf(() -> Objects.tryCreate(object))).contains(row.message());
  }

  @Test
  @DisplayName("what is no duration is not converted to one: no error of CEL's own")
  void malformedDuration() {
    var object =
        Objects.view("spec: {refresh: {interval: 1d, jitter: y, timeout: 1w, lockTimeout: x}}");
    assertThat(Objects.refusalOf(() -> Objects.tryCreate(object)))
        .contains("spec.refresh.interval", "spec.refresh.timeout", "spec.refresh.lockTimeout")
        .doesNotContain("conversion");
  }

  static List<Refused> refreshes() {
    return List.of(
        new Refused(
            "an unknown mode",
            "mode: Fast",
            "spec.refresh.mode: Unsupported value: \"Fast\": supported values: \"Auto\","
                + " \"Concurrent\", \"Standard\", \"Swap\""),
        new Refused("a mode in small letters", "mode: auto", "Unsupported value: \"auto\""),
        new Refused("an unknown initialPopulation", "initialPopulation: Now", "supported values"),
        new Refused(
            "schedule and interval",
            "schedule: '@hourly', interval: 1h",
            "spec.refresh: Invalid value: schedule and interval exclude each other"),
        new Refused("empty schedule", "schedule: ''", "spec.refresh.schedule: Invalid value"),
        new Refused("schedule of 257", "schedule: '" + "*".repeat(257) + "'", "schedule: Too long"),
        new Refused("interval of 9999ms", "interval: 9999ms", "interval is at least 10s"),
        new Refused(
            "interval of 745h", "interval: 745h", "interval is at least 10s and at most 744h"),
        new Refused(
            "interval in days", "interval: 1d", "interval: Invalid value: \"1d\": " + DURATION),
        new Refused("interval without a unit", "interval: '10'", DURATION),
        new Refused("interval as a number", "interval: 10", "must be of type string"),
        new Refused("a fraction", "interval: 1.5h", DURATION),
        new Refused("a negative interval", "interval: -10s", DURATION),
        new Refused("interval with a blank", "interval: 10 s", DURATION),
        new Refused("interval of 33", "interval: " + "0".repeat(30) + "10s", "interval: Too long"),
        new Refused(
            "timeZone with interval",
            "interval: 1h, timeZone: UTC",
            "spec.refresh.timeZone: Invalid value: timeZone needs schedule"),
        new Refused("timeZone alone", "timeZone: UTC", "timeZone needs schedule: add a schedule"),
        new Refused("timeZone as an offset", "schedule: '@daily', timeZone: '+02:00'", IANA),
        new Refused(
            "startingDeadline alone",
            "startingDeadline: 1h",
            "spec.refresh.startingDeadline: Invalid value: startingDeadline needs schedule or"
                + " interval"),
        new Refused(
            "startingDeadline of 999ms",
            "interval: 1h, startingDeadline: 999ms",
            "startingDeadline is at least 1s"),
        new Refused(
            "jitter alone",
            "jitter: 1m",
            "spec.refresh.jitter: Invalid value: jitter needs schedule or interval"),
        new Refused("jitter over 24h", "schedule: '@daily', jitter: 24h1ms", "is at most 24h"),
        new Refused(
            "jitter of the interval", "interval: 1m, jitter: 60s", "jitter is shorter than"),
        new Refused("jitter in days", "interval: 48h, jitter: 1d", DURATION),
        new Refused("an unknown rowCount", "rowCount: Some", "supported values"),
        new Refused("an empty channel", "notifyChannel: ''", "notifyChannel: Invalid value"),
        new Refused(
            "a channel of 64 bytes",
            "notifyChannel: " + "é".repeat(32),
            "a name in PostgreSQL has at most 63 bytes"),
        new Refused(
            "a setting that changes results",
            "sessionSettings: {search_path: app}",
            "the settings are work_mem,"),
        new Refused("a setting of ours", "sessionSettings: {lock_timeout: 1h}", "the settings are"),
        new Refused("a role", "sessionSettings: {role: postgres}", "the settings are"),
        new Refused(
            "a setting for superusers", "sessionSettings: {temp_file_limit: 1GB}", "the settings"),
        new Refused("a setting in capitals", "sessionSettings: {JIT: 'off'}", "the settings are"),
        new Refused(
            "a setting of an extension", "sessionSettings: {enable_x.y: 'on'}", "the settings are"),
        new Refused(
            "a setting with a statement",
            "sessionSettings: {jit: \"off'; DROP TABLE x\"}",
            "letters, digits, dots and blanks alone"),
        new Refused("an empty setting", "sessionSettings: {jit: ''}", "sessionSettings.jit"),
        new Refused("a number", "sessionSettings: {jit: 1}", "must be of type string"),
        new Refused("retries of -1", "retries: -1", "retries: Invalid value: -1"),
        new Refused("retries of 21", "retries: 21", "should be less than or equal to 20"),
        new Refused("timeout of 999ms", "timeout: 999ms", "timeout is at least 1s and at most 24h"),
        new Refused(
            "timeout over 24h", "timeout: 24h1ms", "timeout is at least 1s and at most 24h"),
        new Refused(
            "timeout over 292 years", "timeout: 9999999999h", "spec.refresh.timeout: Invalid"),
        new Refused("lockTimeout of 0", "lockTimeout: 0s", "lockTimeout is at least 1ms"),
        new Refused("lockTimeout over 1m", "lockTimeout: 60001ms", "at least 1ms and at most 1m"));
  }
}
