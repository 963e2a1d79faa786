package dev.matviews.postgres;

/** Something that the database refused, with all that may be said about it. */
public final class DatabaseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  public DatabaseException(Failure failure) {
    super(failure.reason() + ": " + failure.message());
    this.failure = failure;
  }

  public Failure failure() {
    return failure;
  }
}
