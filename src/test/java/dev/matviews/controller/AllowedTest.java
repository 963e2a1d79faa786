package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Claim;
import dev.matviews.plan.ObservedView;
import dev.matviews.plan.Reason;
import java.util.List;
import java.util.Objects;
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
    Allowed allowed = new Allowed("db", list(owners), list(schemas));
    assertThat(refusal(() -> allowed.check(view, "login"))).isEqualTo(reason);
  }

  @ParameterizedTest(name = "{0} | {1} | {2}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          -     | {}                                           | another's | -
          a,app | {}                                           | another's | -
          a     | {}                                           | another's | OwnerNotAllowed
          a     | {}                                           | ours      | OwnerNotAllowed
          a     | {owner: a}                                   | another's | OwnerNotAllowed
          a     | {owner: a}                                   | ours      | -
          app   | {sql: null, managementPolicy: RefreshOnly}   | ours      | -
          a     | {sql: null, managementPolicy: RefreshOnly}   | ours      | OwnerNotAllowed
          """)
  @DisplayName("of those that are there, of the role app")
  void standing(@Nullable String owners, String spec, String whose, @Nullable Reason reason) {
    Scene scene = Scene.filled(spec);
    Scene standing =
        whose.equals("ours") ? scene : scene.claimedBy(new Claim("default", "other", "theirs"));
    ObservedView view = Objects.requireNonNull(standing.situation().seen()).view();
    Allowed allowed = new Allowed("db", list(owners), null);
    assertThat(refusal(() -> allowed.checkStanding(scene.desired(), view))).isEqualTo(reason);
  }

  private static @Nullable List<String> list(@Nullable String names) {
    return names == null ? null : List.of(names.split(",", -1));
  }

  private static @Nullable Reason refusal(Runnable check) {
    try {
      check.run();
      return null;
    } catch (RefusedException e) {
      assertThat(e.problem().message()).contains("PostgresConnection db", "have its allowed");
      return e.problem().reason();
    }
  }
}
