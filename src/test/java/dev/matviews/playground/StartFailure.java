package dev.matviews.playground;

import java.util.Locale;

/** A server did not come up; the message holds the end of its log. */
public final class StartFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  StartFailure(String message) {
    super(message);
  }

  boolean isOfATakenPort() {
    String message = getMessage();
    return message != null && message.toLowerCase(Locale.ROOT).contains("in use");
  }
}
