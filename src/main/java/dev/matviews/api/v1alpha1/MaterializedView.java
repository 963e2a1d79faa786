package dev.matviews.api.v1alpha1;

import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type.DATE;
import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type.INTEGER;
import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type.NUMBER;
import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type.STRING;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.io.Serial;

/** A materialized view in PostgreSQL: its definition, its indexes and its refreshes. */
@JsonClassDescription(
    "A materialized view in PostgreSQL: its definition, its indexes and its refreshes.")
@Group("matviews.dev")
@Version("v1alpha1")
@Plural("materializedviews")
@ShortNames({"matviews", "matview", "mv"})
@ValidationRule(
    value = "has(self.spec.viewName) || size(self.metadata.name) <= 63",
    message =
        "metadata.name is longer than the 63 bytes that a name in PostgreSQL has: set"
            + " spec.viewName",
    fieldPath = ".spec.viewName")
@AdditionalPrinterColumn(
    name = "Ready",
    type = STRING,
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(
    name = "Reason",
    type = STRING,
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(name = "Mode", type = STRING, jsonPath = ".status.effectiveMode")
@AdditionalPrinterColumn(name = "Schedule", type = STRING, jsonPath = ".status.schedule")
@AdditionalPrinterColumn(
    name = "Last Refresh",
    type = DATE,
    jsonPath = ".status.lastSuccessfulRefreshTime")
@AdditionalPrinterColumn(
    name = "Fresh",
    type = STRING,
    jsonPath = ".status.conditions[?(@.type==\"Fresh\")].status")
@AdditionalPrinterColumn(name = "Age", type = DATE, jsonPath = ".metadata.creationTimestamp")
@AdditionalPrinterColumn(
    name = "View",
    type = STRING,
    jsonPath = ".status.qualifiedName",
    priority = 1)
@AdditionalPrinterColumn(
    name = "Rows",
    type = INTEGER,
    jsonPath = ".status.rowCount.value",
    priority = 1)
@AdditionalPrinterColumn(
    name = "Size",
    type = INTEGER,
    jsonPath = ".status.sizeBytes",
    priority = 1)
@AdditionalPrinterColumn(
    name = "Duration",
    type = NUMBER,
    jsonPath = ".status.lastAttempt.durationSeconds",
    priority = 1)
// A column of type date prints <invalid> for a time in the future.
@AdditionalPrinterColumn(
    name = "Next",
    type = STRING,
    jsonPath = ".status.nextScheduleTime",
    priority = 1)
public class MaterializedView extends CustomResource<MaterializedViewSpec, MaterializedViewStatus>
    implements Namespaced {

  @Serial private static final long serialVersionUID = 1L;
}
