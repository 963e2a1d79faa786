package dev.matviews.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/** Writes Kubernetes Events about an object. They are a courtesy: none is worth a failed pass. */
@ApplicationScoped
public class EventRecorder {

  private static final Logger LOG = Logger.getLogger(EventRecorder.class);
  private static final String CONTROLLER = "matviews.dev/matview-operator";
  private static final int LONGEST_NOTE_BYTES = 1024;

  /** Of an Event's name, which may have 253 characters. */
  private static final int LONGEST_START = 200;

  private static final Pattern LAST_DOTS = Pattern.compile("\\.+$");
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final KubernetesClient client;
  private final Clock clock;
  private final String instance = System.getenv().getOrDefault("HOSTNAME", "matview-operator");

  EventRecorder(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  void record(HasMetadata about, Notice notice) {
    if (!notice.isOfRun()) {
      About.object(about).info(LOG, notice.reason() + ": " + notice.note());
    }
    try {
      client
          .events()
          .v1()
          .events()
          .inNamespace(about.getMetadata().getNamespace())
          .resource(event(about, notice))
          .create();
    } catch (KubernetesClientException e) {
      if (!isForeseen(e)) {
        About.object(about)
            .warn(
                LOG,
                "no Event %s: the API server %s".formatted(notice.reason(), ApiFailures.words(e)));
      }
    }
  }

  /**
   * Sent again by the client, since the answer to the first was lost; or about an object that goes
   * with its namespace, in which nothing can be made any more.
   */
  private static boolean isForeseen(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_CONFLICT
        || Optional.ofNullable(e.getStatus())
            .map(Status::getDetails)
            .map(StatusDetails::getCauses)
            .stream()
            .flatMap(List::stream)
            .anyMatch(cause -> "NamespaceTerminating".equals(cause.getReason()));
  }

  /** Not by the server's choice: what is sent twice would be there twice. */
  private static String name(String about) {
    String start = about.substring(0, Math.min(LONGEST_START, about.length()));
    return LAST_DOTS.matcher(start).replaceFirst("") + "-" + UUID.randomUUID();
  }

  private Event event(HasMetadata about, Notice notice) {
    return new EventBuilder()
        .withNewMetadata()
        .withName(name(about.getMetadata().getName()))
        .withNamespace(about.getMetadata().getNamespace())
        .endMetadata()
        .withEventTime(new MicroTime(MICROS.format(clock.instant())))
        .withType(notice.warning() ? "Warning" : "Normal")
        .withReason(notice.reason())
        .withAction(notice.action())
        .withNote(ShortText.bytes(notice.note(), LONGEST_NOTE_BYTES))
        .withReportingController(CONTROLLER)
        .withReportingInstance(instance)
        .withRegarding(
            new ObjectReferenceBuilder()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withNamespace(about.getMetadata().getNamespace())
                .withName(about.getMetadata().getName())
                .withUid(about.getMetadata().getUid())
                .withResourceVersion(about.getMetadata().getResourceVersion())
                .build())
        .build();
  }
}
