package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.Kubectl;
import dev.matviews.playground.OperatorProcess;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Words that stand nowhere else, in passwords and in rows; then all is searched for them. */
@ExtendWith(Stage.Extension.class)
@DisplayName("What is nobody's business")
class CanaryIT {

  private static final String NAME = "matview-operator-talkative";

  private final String password = word();
  private final String wrongPassword = word();
  private final String cell = word();
  private final String key = word();
  private Stage stage;
  private Tenant tenant;
  private OperatorProcess operator;

  @SuppressWarnings("NullAway.Init") // set before the test
  CanaryIT() {}

  private static String word() {
    return "canary" + UUID.randomUUID().toString().replace("-", "");
  }

  @BeforeEach
  void start(Stage shared, Tenant moved) {
    stage = shared;
    tenant = moved;
    stage.operator().close();
    operator = stage.startReplica(NAME, Map.of("QUARKUS_LOG_LEVEL", "TRACE"));
    tenant.sql(
        "ALTER ROLE \"%s\" PASSWORD '%s'".formatted(tenant.role(), password),
        "CREATE TABLE app.source AS SELECT g AS id, '%s'::text AS cell FROM generate_series(1, 3) g"
            .formatted(cell),
        "CREATE DOMAIN app.short AS text CHECK (length(VALUE) < 5)",
        """
        CREATE FUNCTION app.loud(text) RETURNS text LANGUAGE plpgsql AS
        $$ BEGIN RAISE NOTICE 'it is %', $1; RAISE WARNING 'it is %', $1; RETURN $1; END $$
        """,
        """
        CREATE FUNCTION app.refused(text) RETURNS text LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'it is %', $1 USING DETAIL = $1, HINT = $1, COLUMN = $1,
          CONSTRAINT = $1, TABLE = $1, SCHEMA = $1, DATATYPE = $1; END $$
        """);
    tenant.own("source");
    tenant.secret("db", password);
    tenant.awaitConnection("db", Duration.ofSeconds(15), "TRUE/InSync", "");
  }

  @AfterEach
  void end() {
    operator.close();
    stage.startOperatorAgain();
  }

  @Test
  @DisplayName("shows in no log at its most talkative, and nowhere else")
  void nowhere() throws IOException, InterruptedException {
    failOnRows();
    failOnLogins();
    loseTheServer();
    List<String> places = new ArrayList<>();
    for (Map.Entry<String, String> place : all().entrySet()) {
      words().filter(place.getValue()::contains).forEach(word -> places.add(place.getKey()));
    }
    assertThat(places).isEmpty();
  }

  private void failOnRows() {
    tenant.view("ready", "SELECT id, loud(cell) AS cell FROM source", unique("ready_key", "id"));
    tenant.view("twins", "SELECT cell FROM source", unique("twins_key", "cell"));
    tenant.view("number", "SELECT cell::int AS n FROM source", "");
    tenant.view("domain", "SELECT cell::short AS n FROM source", "");
    tenant.view("raised", "SELECT refused(cell) AS n FROM source", "");
    tenant.view(
        "indexed",
        "SELECT cell FROM source",
        "indexes: [{name: i, keys: [{expression: 'cell::int'}]}]");
    tenant.view("later", "SELECT id, cell FROM source", unique("later_key", "id"));
    tenant.awaitReady("ready");
    tenant.awaitReady("later");
    for (String view : List.of("number", "domain", "raised")) {
      tenant.awaitReason(view, "FALSE/QueryFailed");
    }
    tenant.awaitReason("twins", "FALSE/DuplicateRows");
    tenant.await("indexed", Duration.ofSeconds(5), s -> Tenant.ready(s).startsWith("FALSE/"));
    tenant.sql("INSERT INTO app.source SELECT * FROM app.source");
    tenant.annotate("later", "again");
    tenant.await(
        "later",
        Duration.ofSeconds(10),
        s -> s.consecutiveFailures() != null && s.consecutiveFailures() > 0);
  }

  private void failOnLogins() {
    tenant.secret("wrong", wrongPassword);
    tenant
        .client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("odd")
                .withNamespace(tenant.namespace())
                .endMetadata()
                .addToStringData("uri", "postgresql://u:%s@h/d".formatted(password))
                .addToStringData("ca.crt", key)
                .addToStringData("tls.crt", key)
                .addToStringData("tls.key", key)
                .addToStringData("password", password)
                .build())
        .serverSideApply();
    connection("refused", "{name: wrong}", "{mode: disable}");
    connection("nameless", "{name: odd}", "{mode: disable}");
    connection("unproved", "{name: db}", "{caSecretRef: {name: odd}}");
    connection("unread", "{name: db}", "{mode: require, clientCertSecretRef: {name: odd}}");
    for (String name : List.of("refused", "nameless", "unproved", "unread")) {
      tenant.awaitBroken(name);
    }
  }

  private void connection(String name, String secret, String tls) {
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: PostgresConnection
        metadata: {name: %s}
        spec: {secretRef: %s, tls: %s}
        """
            .formatted(name, secret, tls));
  }

  private void loseTheServer() {
    tenant.sql(
        "ALTER ROLE \"%s\" PASSWORD '%s'".formatted(tenant.role(), wrongPassword),
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '%s'"
            .formatted(tenant.role()));
    tenant.awaitBroken("db");
  }

  private Stream<String> words() {
    return Stream.of(password, wrongPassword, cell, key)
        .flatMap(
            word ->
                Stream.of(
                    word,
                    Base64.getEncoder().encodeToString(word.getBytes(StandardCharsets.UTF_8))));
  }

  private Map<String, String> all() throws IOException, InterruptedException {
    Kubectl kubectl = stage.controlPlane().kubectl();
    return Map.of(
        "log", Files.readString(stage.logOf(NAME)),
        "objects", get(kubectl, "matviews,pgconn,mvr"),
        "Events", get(kubectl, "events.events.k8s.io"),
        "metrics", operator.metrics(),
        "threads", operator.jcmd("Thread.print"),
        "bookkeeping",
            String.valueOf(
                tenant.value(
                    """
                    SELECT concat((SELECT string_agg(v::text, ' ') FROM matview_operator.views v),
                      (SELECT string_agg(r::text, ' ') FROM matview_operator.runs r))
                    """)));
  }

  private String get(Kubectl kubectl, String kinds) {
    String found = kubectl.run("get", kinds, "-n", tenant.namespace(), "-o", "json");
    assertThat(found).contains("QueryFailed");
    return found;
  }

  private static String unique(String index, String column) {
    return "indexes: [{name: %s, unique: true, columns: [%s]}]".formatted(index, column);
  }
}
