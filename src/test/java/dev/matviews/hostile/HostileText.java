package dev.matviews.hostile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.matviews.plan.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * A text of {@code hostile-texts.yaml}, and why it is refused in the places where SQL stands; empty
 * where it is accepted.
 *
 * @param query as the query of a view
 * @param where as the condition of an index
 * @param key as a key of an index
 */
public record HostileText(
    String name,
    String text,
    Optional<Reason> query,
    Optional<Reason> where,
    Optional<Reason> key) {

  private static final String USUAL = Reason.InvalidSQL.name();

  /** All there are, in the order of the file. */
  public static List<HostileText> all() {
    try (InputStream file = HostileText.class.getResourceAsStream("/hostile-texts.yaml")) {
      JsonNode entries =
          new ObjectMapper(new YAMLFactory()).readTree(Objects.requireNonNull(file, "the file"));
      return StreamSupport.stream(entries.spliterator(), false).map(HostileText::of).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HostileText of(JsonNode entry) {
    String index = entry.path("index").asText(USUAL);
    return new HostileText(
        entry.path("name").asText(),
        text(entry.path("text")),
        outcome(entry.path("query").asText(USUAL)),
        outcome(entry.path("where").asText(index)),
        outcome(entry.path("key").asText(index)));
  }

  private static String text(JsonNode text) {
    if (text.isTextual()) {
      return text.asText();
    }
    StringBuilder whole = new StringBuilder();
    text.forEach(part -> whole.append(part.path(0).asText().repeat(part.path(1).asInt())));
    return whole.toString();
  }

  private static Optional<Reason> outcome(String word) {
    return word.equals("accepted") ? Optional.empty() : Optional.of(Reason.valueOf(word));
  }

  /** As a value in a manifest. */
  public String quoted() {
    return text.codePoints()
        .mapToObj(c -> isPlain(c) ? Character.toString(c) : "\\U%08X".formatted(c))
        .collect(Collectors.joining("", "\"", "\""));
  }

  private static boolean isPlain(int codePoint) {
    return codePoint >= ' ' && codePoint <= '~' && codePoint != '"' && codePoint != '\\';
  }

  public boolean holdsNul() {
    return text.indexOf('\0') >= 0;
  }

  @Override
  public String toString() {
    return name;
  }
}
