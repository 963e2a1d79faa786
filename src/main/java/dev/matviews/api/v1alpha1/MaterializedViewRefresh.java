package dev.matviews.api.v1alpha1;

import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type.DATE;
import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type.NUMBER;
import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type.STRING;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.io.Serial;

/** One run of a view on request: who may create it may refresh, and change nothing. */
@JsonClassDescription(
    "One refresh of a MaterializedView of the same namespace, at once. Deleting it cancels it.")
@Group("matviews.dev")
@Version("v1alpha1")
@Plural("materializedviewrefreshes")
@ShortNames("mvr")
@AdditionalPrinterColumn(name = "View", type = STRING, jsonPath = ".spec.materializedViewRef.name")
@AdditionalPrinterColumn(name = "Result", type = STRING, jsonPath = ".status.result")
@AdditionalPrinterColumn(name = "Reason", type = STRING, jsonPath = ".status.reason")
@AdditionalPrinterColumn(name = "Started", type = DATE, jsonPath = ".status.startTime")
@AdditionalPrinterColumn(name = "Duration", type = NUMBER, jsonPath = ".status.durationSeconds")
@AdditionalPrinterColumn(name = "Age", type = DATE, jsonPath = ".metadata.creationTimestamp")
public class MaterializedViewRefresh
    extends CustomResource<MaterializedViewRefreshSpec, MaterializedViewRefreshStatus>
    implements Namespaced {

  @Serial private static final long serialVersionUID = 1L;
}
