package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Which views a connection takes")
class AllowedTest {

  @ParameterizedTest(name = "{0} | {1} | {2}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          -   | -       | {schema: any, owner: any}              | -
          -   | app,web | {schema: app}                          | -
          -   | app,web | {schema: App}                          | SchemaNotAllowed
          a,b | -       | {owner: b}                             | -
          a,b | -       | {owner: c}                             | OwnerNotAllowed
          a,b | -       | {}                                     | OwnerNotAllowed
          a,login | -   | {}                                     | -
          a   | app     | {schema: web, owner: c}                | SchemaNotAllowed
          a   | app     | {schema: app, sql: null, managementPolicy: RefreshOnly} | -
          """)
  void check(
      @Nullable String owners, @Nullable String schemas, String spec, @Nullable Reason reason) {
    DesiredView view = DesiredView.of(Manifests.view(spec), "default");
    assertThat(refusal(new Allowed("db", list(owners), list(schemas)), view)).isEqualTo(reason);
  }

  private static @Nullable List<String> list(@Nullable String names) {
    return names == null ? null : List.of(names.split(",", -1));
  }

  private static @Nullable Reason refusal(Allowed allowed, DesiredView view) {
    try {
      allowed.check(view, "login");
      return null;
    } catch (RefusedException e) {
      assertThat(e.problem().message()).contains("PostgresConnection db", "or have its allowed");
      return e.problem().reason();
    }
  }
}
