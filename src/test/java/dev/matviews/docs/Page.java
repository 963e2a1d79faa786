package dev.matviews.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param path from the root of the project
 * @param prose without what stands in blocks of code
 */
record Page(Path path, String prose) {

  private static final List<Path> FOLDERS =
      Stream.of("docs", "examples", "helm", "integrations", "deploy").map(Path::of).toList();

  private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```.*?^ *```$");
  private static final Pattern SPAN = Pattern.compile("`([^`\n]+)`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.+)$");

  static List<Page> all() {
    try (Stream<Path> top = Files.list(Path.of(""))) {
      return Stream.concat(top, FOLDERS.stream().filter(Files::exists).flatMap(Page::below))
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .map(Page::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Page read(Path path) {
    try {
      return new Page(path, BLOCK.matcher(Files.readString(path)).replaceAll(""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> below(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What its links name, but for those that lead out of the project. */
  List<String> links() {
    return LINK.matcher(SPAN.matcher(prose).replaceAll(""))
        .results()
        .map((MatchResult link) -> link.group(1))
        .filter(link -> !link.contains("://") && !link.startsWith("mailto:"))
        .toList();
  }

  /** All that is set as code within a line. */
  List<String> spans() {
    return SPAN.matcher(prose).results().map((MatchResult span) -> span.group(1)).toList();
  }

  /** Of its headings, as GitHub makes them. */
  List<String> anchors() {
    return HEADING
        .matcher(prose)
        .results()
        .map((MatchResult heading) -> heading.group(1).toLowerCase(Locale.ROOT).strip())
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
        .toList();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
