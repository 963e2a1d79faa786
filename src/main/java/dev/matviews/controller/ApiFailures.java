package dev.matviews.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The API server does not answer, or refuses. That is no defect of the operator, so one line of the
 * log tells of it, without a stack trace.
 */
@ApplicationScoped
public class ApiFailures {

  private static final Logger LOG = Logger.getLogger(ApiFailures.class);

  private final Leadership leadership;

  ApiFailures(Leadership leadership) {
    this.leadership = leadership;
  }

  /** In the framework's place, which would tell of each with its stack trace. It tries again. */
  <R extends HasMetadata> ErrorStatusUpdateControl<R> control(R object, Exception thrown) {
    tell(object, thrown);
    return ErrorStatusUpdateControl.defaultErrorProcessing();
  }

  /** What an object could not be worked on for. */
  void tell(HasMetadata object, Throwable thrown) {
    if (!leadership.isLeading()) {
      // At the operator's own end it is the one that hangs up.
      return;
    }
    About about = About.object(object);
    in(thrown)
        .ifPresentOrElse(
            failure -> about.warn(LOG, "the API server %s; tried again".formatted(words(failure))),
            () -> about.defect(LOG, thrown));
  }

  /** The framework wraps what a reconciler throws. */
  private static Optional<KubernetesClientException> in(Throwable thrown) {
    return Stream.iterate(thrown, cause -> cause != null, Throwable::getCause)
        .filter(KubernetesClientException.class::isInstance)
        .map(KubernetesClientException.class::cast)
        .findFirst();
  }

  /** What it did, after its name. */
  static String words(KubernetesClientException failure) {
    return failure.getCode() > 0 ? "answered HTTP " + failure.getCode() : "did not answer";
  }
}
