package dev.matviews.api.v1alpha1;

import static java.util.Collections.unmodifiableMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** When and how a view is refreshed. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "!(has(self.schedule) && has(self.interval))",
    message = "schedule and interval exclude each other: remove one of them")
@ValidationRule(
    value = "!has(self.timeZone) || has(self.schedule)",
    message = "timeZone needs schedule: add a schedule or remove timeZone",
    fieldPath = ".timeZone")
@ValidationRule(
    value = "!has(self.startingDeadline) || has(self.schedule) || has(self.interval)",
    message = "startingDeadline needs schedule or interval: add one or remove startingDeadline",
    fieldPath = ".startingDeadline")
@ValidationRule(
    value = "!has(self.jitter) || has(self.schedule) || has(self.interval)",
    message = "jitter needs schedule or interval: add one or remove jitter",
    fieldPath = ".jitter")
@ValidationRule(
    value =
        "!has(self.jitter) || !has(self.interval)"
            + " || !self.jitter.matches('"
            + DurationText.PATTERN
            + "') || !self.interval.matches('"
            + DurationText.PATTERN
            + "') || duration(self.jitter) < duration(self.interval)",
    message = "jitter is shorter than interval",
    fieldPath = ".jitter")
public record RefreshSpec(
    @JsonPropertyDescription(
            "How the view is refreshed. Standard: the fastest, but readers wait until it is done."
                + " Concurrent: readers never wait; it needs a unique index. Swap: a filled copy takes"
                + " the view's place, for which readers wait no longer than lockTimeout; only with"
                + " managementPolicy Manage. Auto: whichever costs least and lets readers go on;"
                + " status.effectiveMode says which and why. Default: Auto.")
        @Default("Auto")
        RefreshMode mode,
    @JsonPropertyDescription(
            "When to refresh, as cron with five fields (minute, hour, day of month, month, day of"
                + " week) or a macro such as @hourly. Not together with interval. Default: none.")
        @Size(min = 1, max = 256)
        @Nullable String schedule,
    @JsonPropertyDescription(
            "Refresh this often, such as 10s or 1h30m. Slots are the multiples of the interval"
                + " since 1970-01-01T00:00:00Z. 10s to 744h. Not together with schedule. Default:"
                + " none.")
        @DurationText
        @ValidationRule(
            value =
                DurationText.NONE_OR
                    + "duration(self) >= duration('10s') && duration(self) <= duration('744h')",
            message = "interval is at least 10s and at most 744h")
        @Nullable String interval,
    @JsonPropertyDescription(
            "The IANA time zone that schedule is read in, such as Europe/Berlin. Only with"
                + " schedule. Default: Etc/UTC.")
        @TimeZoneName
        @Nullable String timeZone,
    @JsonPropertyDescription(
            "How late a missed slot may still run. It runs once, however many were missed. At"
                + " least 1s. Only with schedule or interval. Default: none, a missed slot runs"
                + " however late it is.")
        @DurationText
        @ValidationRule(
            value = DurationText.NONE_OR + "duration(self) >= duration('1s')",
            message = "startingDeadline is at least 1s")
        @Nullable String startingDeadline,
    @JsonPropertyDescription(
            "Spreads views that share a schedule: each slot comes later by a time below this, which"
                + " is computed from namespace and name and so is always the same for one view. At"
                + " most 24h, and below the interval. Only with schedule or interval. Default:"
                + " none.")
        @DurationText
        @ValidationRule(
            value = DurationText.NONE_OR + "duration(self) <= duration('24h')",
            message = "jitter is at most 24h")
        @Nullable String jitter,
    @JsonPropertyDescription(
            "Refresh when a view that this one reads, or that dependsOn names, has newer data than"
                + " this one and no such view is being refreshed. Default: false.")
        @Default("false")
        boolean onUpstreamRefresh,
    @JsonPropertyDescription(
            "When a new view is filled. Immediate: at once. Deferred: by its first scheduled or"
                + " requested refresh; until then PostgreSQL refuses to read it. Default:"
                + " Immediate.")
        @Default("Immediate")
        InitialPopulation initialPopulation,
    @JsonPropertyDescription(
            "How often a scheduled or requested run that failed is tried again, after growing"
                + " pauses, where that can help, such as after a deadlock. Then the run has failed"
                + " and the next slot comes as usual. The first fill and a changed definition are"
                + " tried until they succeed. 0 to 20. Default: 3.")
        @Default("3")
        @Min(0)
        @Max(20)
        // Not an int, whose 0 the generator would write into the default of the whole record.
        Integer retries,
    @JsonPropertyDescription(
            "How long one run may take in all, waiting for locks included. 1s to 24h. Default:"
                + " 1h.")
        @Default("1h")
        @DurationText
        @ValidationRule(
            value =
                DurationText.NONE_OR
                    + "duration(self) >= duration('1s') && duration(self) <= duration('24h')",
            message = "timeout is at least 1s and at most 24h")
        String timeout,
    @JsonPropertyDescription(
            "How long one try may wait for a lock that readers queue behind. It is tried again"
                + " until timeout. 1ms to 1m. Default: 100ms.")
        @Default("100ms")
        @DurationText
        @ValidationRule(
            value =
                DurationText.NONE_OR
                    + "duration(self) >= duration('1ms') && duration(self) <= duration('1m')",
            message = "lockTimeout is at least 1ms and at most 1m")
        String lockTimeout,
    @JsonPropertyDescription(
            "How the rows are counted before and after each run. None: not at all. Estimated: by"
                + " the server's statistics, which cost nothing. Exact: by reading all of them,"
                + " which counts towards timeout. Default: Estimated.")
        @Default("Estimated")
        RowCounting rowCount,
    @JsonPropertyDescription(
            "A channel for NOTIFY in each run's own transaction. The payload is JSON with view and"
                + " dataAsOf. At most 63 bytes; LISTEN needs it in double quotes unless it is in"
                + " small letters. Default: none.")
        @Identifier
        @Nullable String notifyChannel,
    @JsonPropertyDescription(
            "Settings of the session while the query runs: work_mem, maintenance_work_mem,"
                + " hash_mem_multiplier, max_parallel_workers_per_gather,"
                + " max_parallel_maintenance_workers, jit and the planner's enable_*, such as"
                + " work_mem: \"256MB\". At most 32. Default: the server's.")
        @SessionSettings
        Map<String, @Size(min = 1, max = 64) String> sessionSettings) {

  public RefreshSpec {
    sessionSettings =
        sessionSettings == null ? Map.of() : unmodifiableMap(new TreeMap<>(sessionSettings));
  }
}
