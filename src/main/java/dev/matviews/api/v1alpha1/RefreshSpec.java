package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** When and how a view is refreshed. */
@JsonInclude(JsonInclude.Include.NON_NULL)
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
public record RefreshSpec(
    @JsonPropertyDescription(
            "How the view is refreshed. Standard: the fastest, but readers wait until it is done."
                + " Concurrent: readers never wait; it needs a unique index. Auto: Concurrent when"
                + " a unique index allows it, else Standard; status.effectiveMode says which and"
                + " why. Default: Auto.")
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
            "When a new view is filled. Immediate: at once. Deferred: by its first scheduled or"
                + " requested refresh; until then PostgreSQL refuses to read it. Default:"
                + " Immediate.")
        @Default("Immediate")
        InitialPopulation initialPopulation,
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
        String lockTimeout) {}
