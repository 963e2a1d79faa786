package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.matviews.api.v1alpha1.PostgresConnection;
import dev.matviews.metrics.RunMetrics;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A look at a connection, of which no API server tells a Secret,")
class ConnectionPassTest {

  private static final PostgresConnection OBJECT = Manifests.connection("");
  private static final PostgresConnection NAMESAKE = Manifests.connection("{uid: other}", "");
  private static final ResourceID ID = ResourceID.fromResource(OBJECT);

  /** Nobody listens there. */
  private final KubernetesClient client =
      new KubernetesClientBuilder()
          .withConfig(
              new ConfigBuilder()
                  .withMasterUrl("http://127.0.0.1:1")
                  .withRequestRetryBackoffLimit(0)
                  .build())
          .build();

  private final Connections connections = new Connections();
  private final List<ResourceID> woken = new CopyOnWriteArrayList<>();
  private final ConnectionPass pass = pass();

  private ConnectionPass pass() {
    Map<String, Object> settings =
        Map.of(
            "connectionRetryInterval", Duration.ofMinutes(1),
            "maxConcurrentRefreshes", 1,
            "refusedNetworks", List.of());
    OperatorConfig config =
        (OperatorConfig)
            Proxy.newProxyInstance(
                OperatorConfig.class.getClassLoader(),
                new Class<?>[] {OperatorConfig.class},
                (self, setting, none) -> settings.get(setting.getName()));
    connections.wakeBy(woken::add);
    return new ConnectionPass(
        new ConnectionSecrets(client, config),
        connections,
        new Views(),
        new WorkQueue(config),
        new RunJournal(new RunMetrics(new SimpleMeterRegistry())),
        config,
        Clock.systemUTC());
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  @DisplayName("is remembered while the object is there")
  void there() {
    looksWhile(Optional.of(OBJECT));
    assertThat(connections.get(ID)).isPresent();
  }

  @Test
  @DisplayName("that was forgotten before it began leaves nothing behind")
  void gone() {
    looksWhile(Optional.empty());
    assertThat(connections.get(ID)).isEmpty();
  }

  @Test
  @DisplayName("is none at another one of its name")
  void namesake() {
    looksWhile(Optional.of(NAMESAKE));
    assertThat(connections.get(ID)).isEmpty();
  }

  private void looksWhile(Optional<PostgresConnection> found) {
    pass.attach(id -> found);
    assertThat(pass.over(OBJECT)).isEmpty();
    await().until(() -> woken.contains(ID));
  }
}
