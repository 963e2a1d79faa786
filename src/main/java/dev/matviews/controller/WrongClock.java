package dev.matviews.controller;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/**
 * A clock that a test sets while the operator runs, by a file that says by how much it is wrong,
 * such as {@code PT1H}.
 */
final class WrongClock extends Clock {

  private final Clock right;
  private final Path error;

  WrongClock(Clock right, Path error) {
    this.right = right;
    this.error = error;
  }

  @Override
  public Instant instant() {
    try {
      return right.instant().plus(Duration.parse(Files.readString(error)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public ZoneId getZone() {
    return right.getZone();
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return new WrongClock(right.withZone(zone), error);
  }
}
