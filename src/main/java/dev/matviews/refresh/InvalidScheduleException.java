package dev.matviews.refresh;

/** A schedule that cannot be followed. The message is for its author and stands alone. */
public final class InvalidScheduleException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  InvalidScheduleException(String message) {
    super(message);
  }
}
