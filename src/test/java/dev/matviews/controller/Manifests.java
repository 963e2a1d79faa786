package dev.matviews.controller;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewRefresh;
import dev.matviews.api.v1alpha1.PostgresConnection;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;

/** Objects as the API server hands them over, with all defaults, and what a row changes of them. */
final class Manifests {

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private static final String VIEW =
      """
      apiVersion: matviews.dev/v1alpha1
      kind: MaterializedView
      metadata: {name: board, namespace: team, generation: 1, uid: u}
      spec:
        connectionRef: {name: db}
        schema: public
        sql: SELECT 1 AS a
        sessionTimeZone: UTC
        refresh: {mode: Auto, initialPopulation: Immediate, retries: 3, timeout: 1h,
          lockTimeout: 100ms, rowCount: Estimated}
        historyLimit: 20
        suspend: false
      """;

  private static final String CONNECTION =
      """
      apiVersion: matviews.dev/v1alpha1
      kind: PostgresConnection
      metadata: {name: db, namespace: team, generation: 1, uid: u}
      spec:
        secretRef:
          name: board-app
          keys: {host: host, port: port, database: dbname, user: username, password: password}
        tls: {mode: verify-full}
        maxConcurrentRefreshes: 2
        connectTimeout: 10s
        bookkeepingSchema: matview_operator
      """;

  private static final String RUN =
      """
      apiVersion: matviews.dev/v1alpha1
      kind: MaterializedViewRefresh
      metadata: {name: board-x7k2p, namespace: team, generation: 1, uid: u}
      spec: {materializedViewRef: {name: board}, cascade: None, ttlAfterFinished: 24h}
      """;

  private Manifests() {}

  /** A view with this laid over its spec, such as {@code refresh: {interval: 10s}}. */
  static MaterializedView view(String spec) {
    return view("{name: board}", spec);
  }

  static MaterializedView view(String metadata, String spec) {
    return read(VIEW, metadata, spec, MaterializedView.class);
  }

  /** As a user writes it: what is empty stays. */
  static GenericKubernetesResource written(String spec) {
    return read(VIEW, "{name: board}", spec, GenericKubernetesResource.class);
  }

  static PostgresConnection connection(String spec) {
    return connection("{name: db}", spec);
  }

  static PostgresConnection connection(String metadata, String spec) {
    return read(CONNECTION, metadata, spec, PostgresConnection.class);
  }

  static MaterializedViewRefresh run() {
    return read(RUN, "{namespace: team}", "", MaterializedViewRefresh.class);
  }

  private static <T> T read(String base, String metadata, String spec, Class<T> type) {
    try {
      JsonNode tree = YAML.readTree(base);
      YAML.readerForUpdating(tree.get("metadata")).readValue(metadata);
      if (!spec.isBlank()) {
        YAML.readerForUpdating(tree.get("spec")).readValue(spec);
      }
      return YAML.treeToValue(tree, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(spec, e);
    }
  }
}
