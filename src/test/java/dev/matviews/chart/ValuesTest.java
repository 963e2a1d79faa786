package dev.matviews.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.matviews.controller.OperatorConfig;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart's values: which there are, and which are refused by name. */
class ValuesTest {

  /** What another chart says to one that it contains, and what its condition looks at. */
  private static final Set<String> OF_OTHER_CHARTS = Set.of("global", "enabled");

  /** Values of their own, elsewhere in values.yaml. */
  private static final Set<String> ELSEWHERE =
      Set.of("leaderElection", "leaseName", "watchNamespaces");

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "replicas: 3 | additional properties 'replicas' not allowed",
        "replicaCount: many | at '/replicaCount': got string, want integer",
        "image: {name: x} | at '/image': additional properties 'name' not allowed",
        "image: {repository: ''} | at '/image/repository'",
        "image: {tag: a/b} | at '/image/tag'",
        "image: {digest: latest} | at '/image/digest'",
        "image: {pullPolicy: Sometimes} | at '/image/pullPolicy'",
        "imagePullSecrets: [registry] | at '/imagePullSecrets/0'",
        "fullnameOverride: Views | at '/fullnameOverride'",
        "fullnameOverride: views.prod | at '/fullnameOverride'",
        "fullnameOverride: 2nd | at '/fullnameOverride'",
        "nameOverride: views.prod | at '/nameOverride'",
        "watch: {namespace: shop} | at '/watch': additional properties 'namespace' not allowed",
        "watch: {namespaces: shop} | at '/watch/namespaces': got string, want array",
        "watch: {namespaces: [shop/a]} | at '/watch/namespaces/0'",
        "watch: {namespaces: [a, a]} | at '/watch/namespaces'",
        "leaderElection: false | at '/leaderElection'",
        "leaderElection: {enabled: false} | replicaCount above 1 needs leaderElection.enabled",
        "settings: {resyncIntervall: 5m} | at '/settings': additional properties 'resyncIntervall'",
        "settings: {resyncInterval: 5} | at '/settings/resyncInterval': got number, want string",
        "settings: {recheckInterval: soon} | at '/settings/recheckInterval'",
        "settings: {maxConcurrentRefreshes: 0} | at '/settings/maxConcurrentRefreshes'",
        "settings: {refusedNetworks: [localhost]} | at '/settings/refusedNetworks/0'",
        "log: {level: LOUD} | at '/log/level'",
        "settings: {connectionIdleTimeout: 0s} | at '/settings/connectionIdleTimeout'",
        "settings: {refusedNetworks: []} | at '/settings/refusedNetworks'",
        "settings: {shutdownDrain: 11s} | terminationGracePeriodSeconds has to be 20 seconds longer",
        "settings: {shutdownDrain: 60000ms} | at '/settings/shutdownDrain'",
        "settings: {shutdownDrain: 1m} | terminationGracePeriodSeconds has to be 20 seconds longer",
        "serviceAccount: {create: false} | serviceAccount.create=false needs serviceAccount.name",
        "serviceAccount: {create: 'yes'} | at '/serviceAccount/create': got string, want boolean",
        "rbac: {enabled: true} | at '/rbac': additional properties 'enabled' not allowed",
        "userRoles: {enabled: true} | at '/userRoles': additional properties 'enabled' not allowed",
        "resources: {limit: {memory: 1Gi}} | at '/resources': additional properties 'limit'",
        "podAnnotations: {a: 1} | at '/podAnnotations/a': got number, want string",
        "terminationGracePeriodSeconds: -1 | at '/terminationGracePeriodSeconds'",
        "tolerations: {key: a} | at '/tolerations': got object, want array",
        "podDisruptionBudget: {minAvailable: 1} | at '/podDisruptionBudget': additional properties",
        "podDisruptionBudget: {maxUnavailable: half} | at '/podDisruptionBudget/maxUnavailable'",
        "networkPolicy: {database: {ports: [0]}} | at '/networkPolicy/database/ports/0'",
        "networkPolicy: {database: {ports: []}} | at '/networkPolicy/database/ports'",
        "networkPolicy: {database: {cidrs: [all]}} | at '/networkPolicy/database/cidrs/0'",
        "networkPolicy: {database: {cidrs: []}} | at '/networkPolicy/database/cidrs'",
        "metrics: {enabled: true} | at '/metrics': additional properties 'enabled' not allowed",
        "networkPolicy: {apiServer: {inCluster: true}} | properties 'inCluster' not allowed",
        "metrics: {prometheusRule: {runbooks: docs}} | at '/metrics/prometheusRule/runbooks'",
        "metrics: {serviceMonitor: {interval: often}} | at '/metrics/serviceMonitor/interval'",
        "metrics: {service: {enabled: false}, serviceMonitor: {enabled: true}} "
            + "| metrics.serviceMonitor.enabled needs metrics.service.enabled",
      })
  @DisplayName("what is misspelt or of another kind is refused, and the message names it")
  void refused(String values, String message, @TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("values.yaml"), values);
    assertThatThrownBy(() -> Chart.render("views", "tools", "--values", file.toString()))
        .hasMessageContaining(message);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"global.other=1", "enabled=true"})
  @DisplayName("what a chart says that contains this one is no obstacle")
  void contained(String value) throws IOException {
    assertThat(Chart.objects("views", "tools", "--set", value)).isNotEmpty();
  }

  @Test
  @DisplayName("values.yaml has each value of the schema and no other")
  void complete() throws IOException {
    assertThat(leaves(Chart.file("values.yaml"), schema(), ""))
        .containsExactlyInAnyOrderElementsOf(declared(schema(), ""));
  }

  @Test
  @DisplayName("values.yaml says of each value what it is")
  void documented() throws IOException {
    List<String> lines = Files.readAllLines(Chart.FOLDER.resolve("values.yaml"));
    for (String path : declared(schema(), "")) {
      assertThat(isDocumented(lines, path)).as(path).isTrue();
    }
  }

  static Stream<Method> settings() {
    return Stream.of(OperatorConfig.class.getMethods())
        .filter(method -> !ELSEWHERE.contains(method.getName()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("settings")
  @DisplayName("each setting of the operator is a value, with the operator's own default")
  void sameDefault(Method setting) throws IOException {
    JsonNode value = Chart.file("values.yaml").at("/settings/" + setting.getName());
    assertThat(text(value)).isEqualTo(setting.getAnnotation(WithDefault.class).value());
  }

  @Test
  @DisplayName("there is no setting that the operator does not know")
  void noOtherSettings() throws IOException {
    assertThat(Chart.file("values.yaml").get("settings").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrderElementsOf(settings().map(Method::getName).toList());
  }

  private static String text(JsonNode value) {
    List<String> parts = new ArrayList<>();
    value.forEach(part -> parts.add(part.asText()));
    return value.isArray() ? String.join(",", parts) : value.asText();
  }

  private static JsonNode schema() throws IOException {
    return Chart.file("values.schema.json");
  }

  /** The paths of all values that the schema takes and that are no groups of values. */
  private static List<String> declared(JsonNode schema, String path) throws IOException {
    JsonNode properties = properties(schema);
    List<String> found = new ArrayList<>();
    for (var property : properties.properties()) {
      String inner = path + "/" + property.getKey();
      if (!path.isEmpty() || !OF_OTHER_CHARTS.contains(property.getKey())) {
        found.addAll(declared(property.getValue(), inner));
      }
    }
    return properties.isEmpty() ? List.of(path) : found;
  }

  private static List<String> leaves(JsonNode value, JsonNode schema, String path)
      throws IOException {
    JsonNode properties = properties(schema);
    List<String> found = new ArrayList<>();
    for (var field : value.properties()) {
      found.addAll(
          leaves(field.getValue(), properties.path(field.getKey()), path + "/" + field.getKey()));
    }
    return properties.isEmpty() ? List.of(path) : found;
  }

  private static JsonNode properties(JsonNode schema) throws IOException {
    String reference = schema.path("$ref").asText();
    return reference.isEmpty()
        ? schema.path("properties")
        : schema().at(reference.substring(1)).path("properties");
  }

  /** By a comment above it, or above the group that it is in. */
  private static boolean isDocumented(List<String> lines, String path) {
    String[] keys = path.substring(1).split("/", -1);
    int line = -1;
    boolean documented = false;
    for (int depth = 0; depth < keys.length; depth++) {
      String start = "  ".repeat(depth) + keys[depth] + ":";
      do {
        line++;
      } while (!lines.get(line).startsWith(start));
      boolean matters = depth >= keys.length - 2;
      documented |= matters && lines.get(line - 1).strip().startsWith("#");
    }
    return documented;
  }
}
