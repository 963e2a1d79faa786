package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** What people ask for by one run. */
@JsonClassDescription("What is to be refreshed, and how. Immutable.")
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self == oldSelf",
    message = "a MaterializedViewRefresh is one run and is immutable: create another one")
public record MaterializedViewRefreshSpec(
    @JsonPropertyDescription("The view that is to be refreshed.") @Required
        MaterializedViewRef materializedViewRef,
    @JsonPropertyDescription(
            "How the named view is refreshed this time. Default: as the view's spec says.")
        @Nullable RefreshMode mode,
    @JsonPropertyDescription(
            "Which views are refreshed with it, in their order and each once. Upstream: all that it"
                + " stands on, before it. Downstream: all that stand on it, after it. Default:"
                + " None.")
        @Default("None")
        RefreshCascade cascade,
    @JsonPropertyDescription(
            "How long this object is kept after its run has ended. 0s to 744h. Default: 24h.")
        @Default("24h")
        @DurationText
        @ValidationRule(
            value = DurationText.NONE_OR + "duration(self) <= duration('744h')",
            message = "ttlAfterFinished is at most 744h")
        String ttlAfterFinished) {}
