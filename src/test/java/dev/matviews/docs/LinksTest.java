package dev.matviews.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("In the documentation")
class LinksTest {

  /** What is written like a file or folder of the project. */
  private static final Pattern FILE =
      Pattern.compile("(crds|deploy|docs|examples|helm|integrations|src)/[\\w./-]*");

  @ParameterizedTest(name = "{0}")
  @MethodSource("dev.matviews.docs.Page#all")
  @DisplayName("each link leads to a file and a heading that are there")
  void linksLeadSomewhere(Page page) {
    assertThat(page.links()).allSatisfy(link -> assertLeadsSomewhere(page, link));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dev.matviews.docs.Page#all")
  @DisplayName("each file that is named in passing is there")
  void namedFilesAreThere(Page page) {
    assertThat(page.spans())
        .filteredOn(span -> FILE.matcher(span).matches())
        .allSatisfy(file -> assertThat(Path.of(file)).exists());
  }

  @Test
  @DisplayName("each page can be reached by links from the README")
  void nothingIsLost() {
    List<Path> reached = List.of(Path.of("README.md"));
    List<Path> before = List.of();
    while (!reached.equals(before)) {
      before = reached;
      reached =
          Stream.concat(before.stream(), before.stream().flatMap(LinksTest::linked))
              .distinct()
              .toList();
    }
    assertThat(Page.all()).extracting(Page::path).isSubsetOf(reached);
  }

  private static Stream<Path> linked(Path page) {
    return Page.read(page).links().stream()
        .map(link -> link.replaceFirst("#.*", ""))
        .filter(link -> link.endsWith(".md"))
        .map(link -> target(page, link))
        .filter(Files::exists);
  }

  private static void assertLeadsSomewhere(Page page, String link) {
    int anchor = link.indexOf('#');
    String file = anchor < 0 ? link : link.substring(0, anchor);
    Path target = file.isEmpty() ? page.path() : target(page.path(), file);
    assertThat(Files.exists(target)).as("%s: %s", page, link).isTrue();
    if (anchor >= 0) {
      assertThat(Page.read(target).anchors())
          .as("%s: %s", page, link)
          .contains(link.substring(anchor + 1));
    }
  }

  private static Path target(Path page, String file) {
    Path folder = Objects.requireNonNullElse(page.getParent(), Path.of(""));
    return folder.resolve(file).normalize();
  }
}
