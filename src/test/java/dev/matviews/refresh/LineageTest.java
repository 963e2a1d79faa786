package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which view stands on which: {@code d>bc} is d on b and c. */
class LineageTest {

  @ParameterizedTest(name = "{0}: {1}")
  @DisplayName("what is below comes once, each after all that it stands on")
  @CsvSource({
    "alone,                                a>,                    a, ''",
    "one below,                            b>a,                   b, a",
    "a chain,                              c>b b>a,               c, ab",
    "what is on top is not below,          c>b b>a,               b, a",
    "a diamond,                            d>bc b>a c>a,          d, abc",
    "a diamond with a shortcut,            d>abc b>a c>a,         d, abc",
    "two diamonds,                         g>ef e>d f>d d>bc b>a c>a, g, abcdef",
    "a deep side comes before a short one, d>bc c>b b>a,          d, abc",
    "a loop ends,                          a>b b>a,               a, b"
  })
  void below(String sentence, String graph, String view, String below) {
    assertThat(String.join("", lineage(graph).below(view))).isEqualTo(below);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @DisplayName("a loop is told as the way around")
  @CsvSource({
    "none,                             c>b b>a,       c, ''",
    "a diamond is none,                d>bc b>a c>a,  d, ''",
    "on itself,                        a>a,           a, aa",
    "two,                              a>b b>a,       a, aba",
    "three,                            a>b b>c c>a,   b, bcab",
    "behind a dead end,                a>bc c>a,      a, aca",
    "a loop below is not through it,   a>b b>c c>b,   a, ''"
  })
  void loops(String sentence, String graph, String view, String loop) {
    assertThat(lineage(graph).loopThrough(view).map(way -> String.join("", way)).orElse(""))
        .isEqualTo(loop);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @DisplayName("a cascade takes all above or below, each once and in order")
  @CsvSource({
    "it alone,                         d>bc b>a c>a,          b, None,       b",
    "all below a diamond's top,        d>bc b>a c>a,          d, Upstream,   abcd",
    "below a side,                     d>bc b>a c>a,          b, Upstream,   ab",
    "all on top of a diamond's bottom, d>bc b>a c>a,          a, Downstream, abcd",
    "on top of a side,                 d>bc b>a c>a,          b, Downstream, bd",
    "others are left out,              d>c c>a b>a x>y,       c, Downstream, cd",
    "a long side holds up the top,     d>ac c>b b>a,          a, Downstream, abcd",
    "nothing on top,                   d>bc b>a c>a,          d, Downstream, d"
  })
  void affected(String sentence, String graph, String view, Cascade cascade, String order) {
    assertThat(String.join("", lineage(graph).affected(view, cascade))).isEqualTo(order);
  }

  private static Lineage lineage(String graph) {
    Map<String, Set<String>> standsOn = new HashMap<>();
    for (String edges : graph.split(" ", -1)) {
      String[] sides = edges.split(">", -1);
      standsOn.put(sides[0], new HashSet<>(Arrays.asList(sides[1].split("", 0))));
      standsOn.values().forEach(below -> below.remove(""));
    }
    return new Lineage(standsOn);
  }
}
