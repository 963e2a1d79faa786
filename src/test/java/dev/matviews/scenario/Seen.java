package dev.matviews.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matviews.playground.OperatorProcess;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.AnyNamespaceOperation;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Consumer;

/**
 * All that the operator has said in the scenarios of one JVM, each word once: the conditions and
 * runs of statuses, Events, and the names of metrics. {@code make verify} compares the docs with
 * it.
 */
final class Seen {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final Collection<String> lines = new ConcurrentSkipListSet<>();
  private final List<SharedIndexInformer<?>> informers;

  private Seen(KubernetesClient client) {
    this.informers =
        List.of(
            look(ofKind(client, "MaterializedView"), this::status),
            look(ofKind(client, "PostgresConnection"), this::status),
            look(ofKind(client, "MaterializedViewRefresh"), this::status),
            look(client.events().v1().events().inAnyNamespace(), this::event));
  }

  static Seen from(KubernetesClient client) {
    return new Seen(client);
  }

  private static AnyNamespaceOperation<? extends HasMetadata, ?, ?> ofKind(
      KubernetesClient client, String kind) {
    return client.genericKubernetesResources("matviews.dev/v1alpha1", kind).inAnyNamespace();
  }

  private static <T extends HasMetadata> SharedIndexInformer<T> look(
      AnyNamespaceOperation<T, ?, ?> objects, Consumer<? super T> look) {
    return objects.inform(
        new ResourceEventHandler<>() {
          @Override
          public void onAdd(T object) {
            look.accept(object);
          }

          @Override
          public void onUpdate(T before, T object) {
            look.accept(object);
          }

          @Override
          public void onDelete(T object, boolean unknown) {
            look.accept(object);
          }
        });
  }

  private void status(HasMetadata object) {
    JsonNode status = JSON.<JsonNode>valueToTree(object).path("status");
    for (JsonNode condition : status.path("conditions")) {
      add(
          "condition",
          object.getKind(),
          condition.path("type").asText(),
          condition.path("status").asText(),
          condition.path("reason").asText());
    }
    run(object.getKind(), status);
    run(object.getKind(), status.path("lastAttempt"));
    status.path("history").forEach(run -> run(object.getKind(), run));
  }

  private void run(String kind, JsonNode run) {
    if (run.hasNonNull("reason")) {
      add("run", kind, run.path("reason").asText());
    }
  }

  private void event(Event event) {
    if (event.getReportingController().startsWith("matviews.dev/")) {
      add("event", event.getRegarding().getKind(), event.getType(), event.getReason());
    }
  }

  /** To be asked before it ends; of one that was killed or stopped there is nothing to learn. */
  void metricsOf(OperatorProcess operator) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(operator.url() + "/q/metrics")).timeout(LIMIT).build();
    try {
      HttpClient.newHttpClient()
          .send(request, HttpResponse.BodyHandlers.ofLines())
          .body()
          .filter(line -> line.startsWith("# TYPE "))
          .map(line -> line.split(" ", -1))
          .forEach(words -> add("metric", words[2] + (isCounter(words) ? "_total" : "")));
    } catch (IOException e) {
      // It does not answer any more.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Its family is called without what each of its series ends with. */
  private static boolean isCounter(String... words) {
    return words[3].equals("counter") && !words[2].endsWith("_total");
  }

  private void add(String... words) {
    lines.add(String.join("\t", words));
  }

  void write(Path file) {
    informers.forEach(SharedIndexInformer::close);
    try {
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
