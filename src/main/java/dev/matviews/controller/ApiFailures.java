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
 * log tells of it, without a stack trace, and whatever was to be done is done again later.
 */
@ApplicationScoped
public class ApiFailures {

  private static final Logger LOG = Logger.getLogger(ApiFailures.class);

  private final Leadership leadership;
  private final OperatorConfig config;

  ApiFailures(Leadership leadership, OperatorConfig config) {
    this.leadership = leadership;
    this.config = config;
  }

  /** What the framework is to do. A defect it reports itself, and tries again less and less. */
  <R extends HasMetadata> ErrorStatusUpdateControl<R> control(R object, Exception thrown) {
    return tell(object, thrown)
        ? ErrorStatusUpdateControl.<R>noStatusUpdate().rescheduleAfter(config.recheckInterval())
        : ErrorStatusUpdateControl.defaultErrorProcessing();
  }

  /** False for a defect, of which nothing is told. */
  boolean tell(HasMetadata object, Throwable thrown) {
    Optional<KubernetesClientException> failure = in(thrown);
    // At the operator's own end it is the one that hangs up.
    failure.filter(f -> leadership.isLeading()).ifPresent(f -> log(object, f));
    return failure.isPresent();
  }

  /** The framework wraps what a reconciler throws. */
  private static Optional<KubernetesClientException> in(Throwable thrown) {
    return Stream.iterate(thrown, cause -> cause != null, Throwable::getCause)
        .filter(KubernetesClientException.class::isInstance)
        .map(KubernetesClientException.class::cast)
        .findFirst();
  }

  private static void log(HasMetadata object, KubernetesClientException failure) {
    String what = failure.getCode() == 0 ? "did not answer" : "answered HTTP " + failure.getCode();
    LOG.warn(About.object(object).says("the API server %s; tried again".formatted(what)));
    LOG.debug("What it was asked for", failure);
  }
}
