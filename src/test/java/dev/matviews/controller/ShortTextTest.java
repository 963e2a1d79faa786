package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShortTextTest {

  @ParameterizedTest(name = "{0} in {1} bytes: {2}")
  @DisplayName("what is too long ends in an ellipsis")
  @CsvSource({
    "abcdef, 6, abcdef",
    "abcdef, 5, ab…",
    "äöü, 6, äöü",
    "äöü, 5, ä…",
    "äöü, 4, …",
    "🚀🚀, 8, 🚀🚀",
    "🚀🚀, 7, 🚀…",
    "🚀🚀, 6, …"
  })
  void bytes(String text, int longest, String shown) {
    assertThat(ShortText.bytes(text, longest)).isEqualTo(shown);
  }

  @Property
  @Label("no cut is longer than allowed or has half a character")
  void everyCut(@ForAll String text, @ForAll @IntRange(min = 3, max = 40) int longest) {
    String bytes = ShortText.bytes(text, longest);
    String characters = ShortText.characters(text, longest);
    assertThat(bytes.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(longest);
    assertThat(characters.length()).isLessThanOrEqualTo(longest);
    assertThat(text).startsWith(kept(bytes, text)).startsWith(kept(characters, text));
    if (StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(bytes)).isTrue();
      assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(characters)).isTrue();
    }
  }

  private static String kept(String shown, String text) {
    return shown.equals(text) ? text : shown.substring(0, shown.length() - 1);
  }
}
