package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RunIdTest {

  @Test
  void aDefinitionIsBroughtToLifeOnceOverEachView() {
    String hash = "0123456789abcdef0123456789abcdef";
    assertThat(RunId.definition(hash, 7)).hasToString("Definition/0123456789abcdef-over-7");
    assertThat(RunId.definition(hash, 8)).isNotEqualTo(RunId.definition(hash, 7));
  }

  @Test
  @DisplayName("an identity is its trigger and what started it, as users read it")
  void printed() {
    assertThat(RunId.initial(16400, null)).hasToString("Initial/16400");
    assertThat(RunId.initial(16400, Instant.parse("2026-01-05T10:00:00Z")))
        .hasToString("Initial/16400-after-2026-01-05T10:00:00Z");
    assertThat(RunId.schedule(Instant.parse("2026-01-05T10:00:00Z")))
        .hasToString("Schedule/2026-01-05T10:00:00Z");
    assertThat(RunId.request("2026-01-05T10:00:00+01:00"))
        .hasToString("Request/2026-01-05T10:00:00+01:00");
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a request of any value has a key of its own that every database can hold")
  @MethodSource
  void oddRequests(String sentence, String value, boolean keptAsItIs) {
    RunId id = RunId.request(value);
    assertThat(id.key()).matches(key -> keptAsItIs == key.equals(value), "as it is: " + keptAsItIs);
    assertFitsAnIndex(id);
    assertThat(RunId.request(value)).isEqualTo(id);
    assertThat(RunId.request(value + "x")).isNotEqualTo(id);
  }

  static Stream<Arguments> oddRequests() {
    return Stream.of(
        Arguments.of("a time", "2026-01-05T10:00:00Z", true),
        Arguments.of("nothing", "", true),
        Arguments.of("a blank", " ", true),
        Arguments.of("a slash", "a/b", true),
        Arguments.of("a quote", "it's; DROP TABLE runs", true),
        Arguments.of("an emoji", "\uD83D\uDE80", true),
        Arguments.of("128 characters", "x".repeat(128), true),
        Arguments.of("128 characters of three bytes", "\u20ac".repeat(128), true),
        Arguments.of("129 characters", "x".repeat(129), false),
        Arguments.of("as long as annotations can be", "x".repeat(262_144), false),
        Arguments.of("two lines", "a\nb", false),
        Arguments.of("a NUL, which no PostgreSQL text can hold", "a\0b", false),
        Arguments.of(
            "what a key of another request looks like", RunId.request("a\nb").key(), false));
  }

  @Property
  @Label("two requests are one run only when they are the same")
  void differentRequestsDiffer(@ForAll String one, @ForAll String other) {
    assertThat(RunId.request(one).equals(RunId.request(other))).isEqualTo(one.equals(other));
    assertFitsAnIndex(RunId.request(one));
  }

  /** A btree entry has at most 2704 bytes, of which schema and view take up to 126. */
  private static void assertFitsAnIndex(RunId id) {
    assertThat(id.toString().getBytes(StandardCharsets.UTF_8).length).isLessThan(1024);
    assertThat(id.toString()).doesNotContain("\0", "\n");
  }
}
