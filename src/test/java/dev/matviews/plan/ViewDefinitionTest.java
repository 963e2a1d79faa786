package dev.matviews.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ViewDefinitionTest {

  private static final QualifiedName NAME = new QualifiedName("app", "board");
  private static final Claim CLAIM = new Claim("default", "team", "board");
  private static final ViewDefinition SOME = of("SELECT 1", "UTC", "app", "public");

  @ParameterizedTest(name = "{0}")
  @DisplayName("the hash differs with all that decides which rows the view holds")
  @MethodSource
  void hashDiffers(String sentence, ViewDefinition other) {
    assertThat(other.hash()).isNotEqualTo(SOME.hash());
  }

  static Stream<Arguments> hashDiffers() {
    return Stream.of(
        Arguments.of("another query", of("SELECT 2", "UTC", "app", "public")),
        Arguments.of("a blank more in the query", of("SELECT  1", "UTC", "app", "public")),
        Arguments.of("another time zone", of("SELECT 1", "Europe/Berlin", "app", "public")),
        Arguments.of("another search path", of("SELECT 1", "UTC", "app")),
        Arguments.of("a search path in another order", of("SELECT 1", "UTC", "public", "app")),
        Arguments.of("a search path cut elsewhere", of("SELECT 1", "UTC", "apppublic")),
        Arguments.of("no search path", of("SELECT 1", "UTC")),
        Arguments.of("query and zone cut elsewhere", of("SELECT 1U", "TC", "app", "public")));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName(
      "the hash is the same whatever the view is called, whose it is and how it is indexed")
  @MethodSource
  void hashIsEqual(String sentence, ViewDefinition other) {
    assertThat(other.hash()).isEqualTo(SOME.hash());
  }

  static Stream<Arguments> hashIsEqual() {
    List<String> path = List.of("app", "public");
    Index index = Index.of("i", true, List.of("a"));
    return Stream.of(
        Arguments.of("the same again", of("SELECT 1", "UTC", "app", "public")),
        Arguments.of(
            "another name",
            new ViewDefinition(
                new QualifiedName("x", "y"), CLAIM, "SELECT 1", path, "UTC", List.of())),
        Arguments.of(
            "another object",
            new ViewDefinition(NAME, new Claim("o", "n", "m"), "SELECT 1", path, "UTC", List.of())),
        Arguments.of(
            "an index", new ViewDefinition(NAME, CLAIM, "SELECT 1", path, "UTC", List.of(index))));
  }

  @Test
  @DisplayName("the hash of a definition stays what databases have written down")
  void hashIsStable() {
    assertThat(SOME.hash())
        .isEqualTo("f0e360c51854c0110339a7af756b4a3ec40ce5bb0a7326b98f41b3adc27eec67");
  }

  @Test
  @DisplayName("lists that change later change no definition")
  void listsAreCopied() {
    List<String> path = new ArrayList<>(List.of("app"));
    ViewDefinition definition = new ViewDefinition(NAME, CLAIM, "SELECT 1", path, "UTC", List.of());
    String before = definition.hash();
    path.add("public");
    assertThat(definition.hash()).isEqualTo(before);
  }

  private static ViewDefinition of(String sql, String zone, String... path) {
    return new ViewDefinition(NAME, CLAIM, sql, List.of(path), zone, List.of());
  }
}
