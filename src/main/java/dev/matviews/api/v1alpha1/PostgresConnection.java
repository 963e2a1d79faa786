package dev.matviews.api.v1alpha1;

import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type.DATE;
import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type.INTEGER;
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

/** One database and the role to connect as. Views of the same namespace name it. */
@JsonClassDescription(
    "One PostgreSQL database and the role to connect as. MaterializedViews of the same namespace name it.")
@Group("matviews.dev")
@Version("v1alpha1")
@Plural("postgresconnections")
@ShortNames("pgconn")
@AdditionalPrinterColumn(
    name = "Ready",
    type = STRING,
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(
    name = "Reason",
    type = STRING,
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(name = "Host", type = STRING, jsonPath = ".status.host")
@AdditionalPrinterColumn(name = "Database", type = STRING, jsonPath = ".status.database")
@AdditionalPrinterColumn(name = "Version", type = STRING, jsonPath = ".status.serverVersion")
@AdditionalPrinterColumn(name = "Views", type = INTEGER, jsonPath = ".status.managedViews")
@AdditionalPrinterColumn(name = "Age", type = DATE, jsonPath = ".metadata.creationTimestamp")
public class PostgresConnection
    extends CustomResource<PostgresConnectionSpec, PostgresConnectionStatus> implements Namespaced {

  @Serial private static final long serialVersionUID = 1L;
}
