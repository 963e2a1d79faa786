package dev.matviews.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.matviews.plan.Index.Method;
import dev.matviews.plan.Index.Nulls;
import dev.matviews.plan.Index.Order;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IndexTest {

  private static final Index SOME = Index.of("i", false, List.of("a", "b"));

  @ParameterizedTest(name = "{0}")
  @DisplayName("the hash differs with all that is asked for")
  @MethodSource
  void hashDiffers(String sentence, Index other) {
    assertThat(other.hash()).isNotEqualTo(SOME.hash());
  }

  static Stream<Arguments> hashDiffers() {
    return Stream.of(
        Arguments.of("another name", Index.of("j", false, List.of("a", "b"))),
        Arguments.of("unique", Index.of("i", true, List.of("a", "b"))),
        Arguments.of("another column", Index.of("i", false, List.of("a", "c"))),
        Arguments.of("another order", Index.of("i", false, List.of("b", "a"))),
        Arguments.of("names cut elsewhere", Index.of("i", false, List.of("ab"))),
        Arguments.of(
            "an expression",
            keys(new Index.Key(null, "a", null, null, null, null), Index.Key.column("b"))),
        Arguments.of("asc", second(Order.Asc, null, null, null)),
        Arguments.of("desc", second(Order.Desc, null, null, null)),
        Arguments.of("nulls", second(null, Nulls.First, null, null)),
        Arguments.of("an operator class", second(null, null, "x", null)),
        Arguments.of("a collation", second(null, null, null, "x")),
        Arguments.of("include", with(List.of("c"), null, Method.Btree, false, Map.of())),
        Arguments.of("where", with(List.of(), "true", Method.Btree, false, Map.of())),
        Arguments.of("an empty where", with(List.of(), "", Method.Btree, false, Map.of())),
        Arguments.of("a method", with(List.of(), null, Method.Hash, false, Map.of())),
        Arguments.of("nulls alike", with(List.of(), null, Method.Btree, true, Map.of())),
        Arguments.of(
            "a parameter", with(List.of(), null, Method.Btree, false, Map.of("fillfactor", "70"))));
  }

  @Test
  @DisplayName("parameters are a set: their order is none of the index's")
  void parametersHaveNoOrder() {
    Map<String, String> one = new LinkedHashMap<>();
    one.put("a", "1");
    one.put("b", "2");
    Map<String, String> other = new LinkedHashMap<>();
    other.put("b", "2");
    other.put("a", "1");
    assertThat(with(List.of(), null, Method.Btree, false, one).hash())
        .isEqualTo(with(List.of(), null, Method.Btree, false, other).hash());
  }

  @Test
  @DisplayName("the hash of an index stays what databases have written down")
  void hashIsStable() {
    assertThat(SOME.hash())
        .isEqualTo("953635993915adcec6e48ab932c0bd191f24db37a84e4189ed70d23df161611d");
  }

  @Test
  @DisplayName("a key is one thing")
  void aKeyIsAColumnOrAnExpression() {
    assertThatThrownBy(() -> new Index.Key(null, null, null, null, null, null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Index.Key("a", "a", null, null, null, null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Index second(
      @Nullable Order order,
      @Nullable Nulls nulls,
      @Nullable String operatorClass,
      @Nullable String collation) {
    return keys(
        Index.Key.column("a"), new Index.Key("b", null, order, nulls, operatorClass, collation));
  }

  private static Index keys(Index.Key... keys) {
    return new Index("i", false, List.of(keys), List.of(), null, Method.Btree, false, Map.of());
  }

  private static Index with(
      List<String> include,
      @Nullable String where,
      Method method,
      boolean nullsNotDistinct,
      Map<String, String> parameters) {
    return new Index("i", false, SOME.keys(), include, where, method, nullsNotDistinct, parameters);
  }
}
