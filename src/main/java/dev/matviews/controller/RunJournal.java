package dev.matviews.controller;

import dev.matviews.metrics.RunMetrics;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.Failure;
import dev.matviews.postgres.RefreshRun;
import dev.matviews.refresh.RefreshDecision;
import dev.matviews.refresh.Run;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tells those who run the operator what became of each run: by metrics, and by a line in the log.
 *
 * <p>A failure is a user's and foreseen, so it is no warning here: the view says what to do.
 */
@ApplicationScoped
public class RunJournal {

  private static final Logger LOG = Logger.getLogger(RunJournal.class);

  private final RunMetrics metrics;

  RunJournal(RunMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * A job has ended.
   *
   * @param failure what the database does not know of
   */
  void ended(Worker.Job job, @Nullable Failure failure) {
    RefreshRun run = job.run();
    if (run == null) {
      return;
    }
    About about = About.run(job.view(), job.id());
    run.ended()
        .ifPresentOrElse(
            ended -> {
              metrics.ended(ended.run(), ended.triesBefore() == 0, job.due());
              about.info(LOG, text(ended.run()));
            },
            () -> neverBegan(about, failure));
  }

  /** Another one works on the view and tells of its run; nobody tells of one that nobody wants. */
  private void neverBegan(About about, @Nullable Failure failure) {
    if (failure != null && failure.reason() != Reason.RefreshInProgress) {
      metrics.neverBegan(Run.Result.Failed, failure.reason());
      about.info(LOG, "failed: %s: %s".formatted(failure.reason(), failure.message()));
    }
  }

  /** A slot or a request will not run. What has failed too often was told of at each failure. */
  void settled(ResourceID view, RefreshDecision.Settle settle) {
    if (settle.result() != Run.Result.Failed) {
      metrics.neverBegan(settle.result(), settle.reason());
      About.run(view, settle.id())
          .info(LOG, "%s: %s".formatted(lowerCase(settle.result()), settle.reason()));
    }
  }

  private static String text(Run run) {
    String how =
        "%s after %.3f s%s"
            .formatted(
                lowerCase(run.result()),
                run.duration().toMillis() / 1000.0,
                run.mode() == null ? "" : " in mode " + run.mode());
    return run.result() == Run.Result.Succeeded
        ? how
        : "%s: %s: %s".formatted(how, run.reason(), run.said());
  }

  private static String lowerCase(Run.Result result) {
    return result.name().toLowerCase(Locale.ROOT);
  }
}
