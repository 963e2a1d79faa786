package dev.matviews.controller;

import dev.matviews.api.v1alpha1.CurrentRun;
import dev.matviews.api.v1alpha1.EffectiveMode;
import dev.matviews.api.v1alpha1.RefreshTrigger;
import dev.matviews.api.v1alpha1.RunPhase;
import dev.matviews.postgres.Progress;
import dev.matviews.refresh.Mode;
import java.time.Duration;
import java.util.List;

/**
 * A run that takes so long that people are told of it.
 *
 * @param blockedBy server processes that hold the lock it waits for
 */
record Running(Progress progress, List<Integer> blockedBy) {

  /** A quicker one is told of once, when it has ended. */
  static final Duration LONG = Duration.ofSeconds(5);

  CurrentRun shown() {
    Mode mode = progress.mode();
    return new CurrentRun(
        progress.id().toString(),
        RefreshTrigger.valueOf(progress.id().trigger().name()),
        mode == null ? null : EffectiveMode.valueOf(mode.name()),
        progress.startedAt(),
        RunPhase.valueOf(progress.phase().name()),
        progress.pid(),
        blockedBy);
  }
}
