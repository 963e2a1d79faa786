package dev.matviews.postgres;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.postgresql.PGProperty;

/** What the driver can be told, of which {@link Login} tells it little and a Secret nothing. */
public final class DriverSettings {

  /** Of the login itself: operators write them into their Secrets beside the keys that are read. */
  private static final Set<String> LOGIN =
      Set.of(PGProperty.USER.getName(), PGProperty.PASSWORD.getName());

  private static final Set<String> NAMES =
      Arrays.stream(PGProperty.values())
          .map(PGProperty::getName)
          .filter(name -> !LOGIN.contains(name))
          .collect(Collectors.toUnmodifiableSet());

  private DriverSettings() {}

  /** By the names that the driver itself knows. */
  public static boolean isOne(String name) {
    return NAMES.contains(name);
  }
}
