package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.refresh.GoDuration;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

/** The operator reads a duration as the API server's CEL did when it checked the bounds. */
class DurationBoundsTest {

  @Property(tries = 500, shrinking = ShrinkingMode.BOUNDED)
  @Label("the API server takes a timeout if and only if the operator reads 1s to 24h")
  void timeout(@ForAll("texts") String text) {
    var view = Objects.view("spec: {refresh: {timeout: '" + text + "'}}");
    String refusal = Objects.refusalOf(() -> Objects.tryCreate(view));
    Statistics.collect(refusal.isEmpty());
    // Else the tries would be all of one kind and prove nothing.
    Statistics.coverage(
        tries -> {
          tries.check(true).percentage(share -> share > 10);
          tries.check(false).percentage(share -> share > 10);
        });
    assertThat(refusal.isEmpty()).as("%s: %s", text, refusal).isEqualTo(isWithinBounds(text));
  }

  private static boolean isWithinBounds(String text) {
    try {
      Duration timeout = GoDuration.parse(text);
      return text.length() <= 32
          && timeout.compareTo(Duration.ofSeconds(1)) >= 0
          && timeout.compareTo(Duration.ofHours(24)) <= 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.frequencyOf(Tuple.of(6, sums()), Tuple.of(1, noise()));
  }

  private static Arbitrary<String> sums() {
    Arbitrary<Long> counts =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 90),
            Arbitraries.of(999L, 1000L, 1440L, 86_399L, 86_400L, 86_400_000L),
            Arbitraries.longs().greaterOrEqual(0));
    Arbitrary<String> zeros = Arbitraries.of("", "", "", "0", "000");
    Arbitrary<String> units = Arbitraries.of("ms", "s", "m", "h");
    return Combinators.combine(zeros, counts, units)
        .as((zero, count, unit) -> zero + count + unit)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(parts -> String.join("", parts));
  }

  private static Arbitrary<String> noise() {
    return Arbitraries.strings()
        .withChars(chars(List.of("0123456789", "msh", "msh", ".-+ ", "udµn", "\u0665")))
        .ofMaxLength(8);
  }

  private static char[] chars(List<String> texts) {
    return String.join("", texts).toCharArray();
  }
}
