package dev.matviews.refresh;

import java.time.ZoneId;
import java.util.Set;

/** The names that a schedule's time zone may have. */
public final class TimeZones {

  /** The only names without a region that mean the same in every release of the tz database. */
  private static final Set<String> WITHOUT_REGION = Set.of("UTC", "GMT");

  private TimeZones() {}

  /**
   * The zone of that name.
   *
   * @param name an IANA name such as {@code Europe/Berlin} or {@code Etc/UTC}
   * @throws InvalidTimeZoneException if it is an offset, an abbreviation, or not known
   */
  public static ZoneId named(String name) {
    if (!isWellFormed(name) || !ZoneId.getAvailableZoneIds().contains(name)) {
      throw new InvalidTimeZoneException(name);
    }
    return ZoneId.of(name);
  }

  /** SystemV/ is the JDK's own invention: it has no IANA zone behind it. */
  private static boolean isWellFormed(String name) {
    return WITHOUT_REGION.contains(name) || (name.contains("/") && !name.startsWith("SystemV/"));
  }
}
