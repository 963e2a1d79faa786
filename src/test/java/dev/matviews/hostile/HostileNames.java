package dev.matviews.hostile;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Random names, of which about half are what PostgreSQL can hold as a name. */
public final class HostileNames {

  private static final List<String> PIECES =
      List.of(
          "\"",
          "'",
          "\\",
          ";",
          "--",
          "/*",
          "*/",
          "$$",
          "$a$",
          "?",
          "??",
          "$1",
          "{fn now()}",
          "E'",
          "U&",
          "%",
          ".",
          " ",
          "\t",
          "\n",
          "\r",
          "\0",
          "\u0001",
          "\u007f",
          "\u00a0",
          "\ufeff",
          "a",
          "Z",
          "0",
          "_",
          "é",
          "e\u0301",
          "ß",
          "中",
          "؛",
          "；",
          "😀",
          "👩‍👩‍👧",
          "\u202e",
          "select",
          "USER",
          "pg_catalog",
          "none",
          "public");
  private static final int LONGEST = 63;
  private static final int COUNT = 10_000;

  private HostileNames() {}

  /** Whether PostgreSQL holds it as it is. */
  public static boolean fits(String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    return bytes >= 1 && bytes <= LONGEST && name.indexOf('\0') < 0;
  }

  /** Ten thousand that differ. */
  public static Set<String> random(long seed) {
    Random random = new Random(seed);
    Set<String> names = new LinkedHashSet<>(PIECES);
    while (names.size() < COUNT) {
      String name =
          IntStream.range(0, random.nextInt(12))
              .mapToObj(i -> PIECES.get(random.nextInt(PIECES.size())))
              .collect(Collectors.joining());
      names.add(random.nextInt(4) == 0 ? aboutAsLongAsCanBe(name, random) : name);
    }
    return names;
  }

  /** Filled up with characters of one to four bytes to a length near the limit. */
  private static String aboutAsLongAsCanBe(String name, Random random) {
    String filler = List.of("x", "é", "中", "😀").get(random.nextInt(4));
    int wanted = LONGEST - 2 + random.nextInt(4);
    int missing = wanted - name.getBytes(StandardCharsets.UTF_8).length;
    int each = filler.getBytes(StandardCharsets.UTF_8).length;
    int left = Math.max(missing, 0);
    return name + filler.repeat(left / each) + "x".repeat(left % each);
  }
}
