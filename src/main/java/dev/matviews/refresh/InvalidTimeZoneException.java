package dev.matviews.refresh;

/** A time zone that this JDK's tz database does not know. The message is for its author. */
public final class InvalidTimeZoneException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  InvalidTimeZoneException(String name) {
    super(
        "time zone \"%s\" is not known: write a region such as Europe/Berlin, or Etc/UTC"
            .formatted(name));
  }
}
