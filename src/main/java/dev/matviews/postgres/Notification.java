package dev.matviews.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matviews.plan.QualifiedName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tells listeners of new data in the transaction that puts them in place: never too early. */
final class Notification {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Notification() {}

  /**
   * Empty without a channel.
   *
   * @param dataAsOf the view holds at least what was committed before that time
   */
  static List<Sql> of(@Nullable String channel, QualifiedName view, Instant dataAsOf) {
    return channel == null
        ? List.of()
        : List.of(
            Sql.of(
                "NOTIFY %s, %s"
                    .formatted(Sql.identifier(channel), Sql.literal(payload(view, dataAsOf)))));
  }

  private static String payload(QualifiedName view, Instant dataAsOf) {
    try {
      return JSON.writeValueAsString(
          new TreeMap<>(Map.of("view", view.toString(), "dataAsOf", dataAsOf.toString())));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of texts is JSON", e);
    }
  }
}
