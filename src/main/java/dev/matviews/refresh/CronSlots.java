package dev.matviews.refresh;

import java.time.Instant;
import java.util.Optional;

/** How the local times of a cron expression lie on the time line of one zone. */
sealed interface CronSlots permits RealTimeSlots, WallClockSlots {

  Instant next(Instant after);

  Optional<Instant> latest(Instant after, Instant notAfter);
}
