package dev.matviews.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Stage.Extension.class)
@DisplayName("The Secrets that operators of PostgreSQL clusters write are used as they are:")
class ConnectionExamplesIT {

  private static final YAMLMapper YAML = new YAMLMapper();

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"cloudnativepg", "crunchy", "zalando"})
  void connects(String cluster, Stage stage, Tenant tenant) throws IOException {
    String text = Files.readString(Path.of("examples", "connections", cluster + ".yaml"));
    String[] documents = text.split("(?m)^---$", -1);
    ObjectNode connection = (ObjectNode) YAML.readTree(documents[0]);
    ObjectNode secret = (ObjectNode) YAML.readTree(documents[1]);
    Map<String, String> values = values(stage, tenant);

    fill((ObjectNode) secret.get("stringData"), values);
    tenant.apply(secret.toString());
    ObjectNode spec = (ObjectNode) connection.get("spec");
    fill(spec, values);
    if (!secret.get("stringData").has("port")) {
      spec.put("port", stage.postgres().port());
    }
    JsonNode authority = spec.at("/tls/caSecretRef/name");
    if (!authority.isMissingNode()) {
      tenant.authority(authority.asText(), stage.certificates());
    }
    tenant.apply(connection.toString());

    tenant.awaitConnection(connection.at("/metadata/name").asText(), "TRUE/InSync", "");
  }

  /** What such an operator would have written of this server. */
  private static Map<String, String> values(Stage stage, Tenant tenant) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("host", "localhost");
    values.put("port", Integer.toString(stage.postgres().port()));
    values.put("dbname", tenant.role());
    values.put("database", tenant.role());
    values.put("user", tenant.role());
    values.put("username", tenant.role());
    values.put("password", Tenant.PASSWORD);
    return values;
  }

  private static void fill(ObjectNode fields, Map<String, String> values) {
    values.forEach(
        (name, value) -> {
          if (fields.has(name)) {
            fields.put(name, value);
          }
        });
  }
}
