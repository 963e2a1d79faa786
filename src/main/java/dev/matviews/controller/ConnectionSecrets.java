package dev.matviews.controller;

import dev.matviews.api.v1alpha1.PostgresConnection;
import dev.matviews.postgres.Networks;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the Secrets of connections: by name and in the object's own namespace only, for the
 * operator may neither list nor watch them; and a Secret that is there at most once in a while,
 * unless its connection is edited.
 */
@ApplicationScoped
public class ConnectionSecrets {

  private final KubernetesClient client;
  private final Duration atMostEvery;
  private final Networks refused;
  private final Map<ResourceID, Reading> readings = new ConcurrentHashMap<>();

  private record Reading(String uid, long generation, DesiredConnection found, long nanos) {

    boolean isOf(PostgresConnection object) {
      return uid.equals(object.getMetadata().getUid())
          && generation == object.getMetadata().getGeneration();
    }

    Reading renewed() {
      return new Reading(uid, generation, found, System.nanoTime());
    }

    Duration age() {
      return Duration.ofNanos(System.nanoTime() - nanos);
    }
  }

  ConnectionSecrets(KubernetesClient client, OperatorConfig config) {
    this.client = client;
    this.atMostEvery = config.connectionRetryInterval();
    this.refused = new Networks(config.refusedNetworks());
  }

  /**
   * What the connection and its Secrets say, as of now or a while ago.
   *
   * @throws RefusedException when one is missing or not as it should be; that is not remembered
   */
  DesiredConnection read(PostgresConnection object) {
    ResourceID id = ResourceID.fromResource(object);
    Reading last = readings.get(id);
    if (last != null && last.isOf(object) && !isDue(id)) {
      return last.found();
    }
    // Whatever comes of it, it does not come again at once.
    readings.computeIfPresent(id, (key, before) -> before.renewed());
    DesiredConnection found;
    try {
      found = DesiredConnection.of(object, name -> secret(object, name), refused);
    } catch (RefusedException e) {
      readings.remove(id);
      throw e;
    }
    readings.put(
        id,
        new Reading(
            object.getMetadata().getUid(),
            object.getMetadata().getGeneration(),
            found,
            System.nanoTime()));
    return found;
  }

  boolean isDue(ResourceID connection) {
    return dueIn(connection).isZero();
  }

  /** After which time the next reading shows what has changed; what was refused is due later. */
  Duration dueIn(ResourceID connection) {
    Reading last = readings.get(connection);
    if (last == null) {
      return atMostEvery;
    }
    Duration left = atMostEvery.minus(last.age());
    return left.isNegative() ? Duration.ZERO : left;
  }

  void forget(ResourceID connection) {
    readings.remove(connection);
  }

  private @Nullable Secret secret(PostgresConnection object, String name) {
    return client.secrets().inNamespace(object.getMetadata().getNamespace()).withName(name).get();
  }
}
