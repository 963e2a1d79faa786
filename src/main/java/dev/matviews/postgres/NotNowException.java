package dev.matviews.postgres;

/** Other views have the connection, or it was just replaced: says nothing about the database. */
public final class NotNowException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public NotNowException(String message) {
    super(message);
  }
}
