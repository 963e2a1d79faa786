package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.TestApiServer;
import dev.matviews.hostile.HostileNames;
import dev.matviews.hostile.HostileText;
import dev.matviews.plan.Reason;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What never gets as far as a database: the API server refuses it, and so does the operator. */
class HostileSpecTest {

  private static final List<String> NAMES =
      List.of(
          "schema: %s",
          "viewName: %s",
          "owner: %s",
          "searchPath: [app, %s]",
          "storage: {tablespace: %s}",
          "grants: [{role: %s, privileges: [SELECT]}]",
          "indexes: [{name: %s, columns: [a]}]",
          "indexes: [{name: i, columns: [%s]}]",
          "indexes: [{name: i, keys: [{column: %s}]}]",
          "indexes: [{name: i, columns: [a], include: [%s]}]",
          "refresh: {notifyChannel: %s}");

  private static final String ALL_NAMES =
      """
      schema: %1$s
      viewName: %1$s
      owner: %1$s
      searchPath: [app, %1$s]
      storage: {tablespace: %1$s}
      grants: [{role: %1$s, privileges: [SELECT]}]
      indexes:
        - {name: %1$s, columns: [%1$s], include: [%1$s]}
        - {name: i, keys: [{column: %1$s}]}
      refresh: {notifyChannel: %1$s}
      """;

  private static final String ALL_TEXTS =
      """
      sql: %1$s
      indexes: [{name: i, where: %1$s, keys: [{expression: %1$s}]}]
      """;

  /** Longer ones the API server refuses for their length, whatever stands in them. */
  static List<HostileText> shortEnough() {
    return HostileText.all().stream().filter(t -> t.text().length() <= 1024).toList();
  }

  @ParameterizedTest
  @MethodSource("dev.matviews.hostile.HostileText#all")
  void asANameTheOperatorRefusesIt(HostileText text) {
    Optional<Reason> expected =
        HostileNames.fits(text.text()) ? Optional.empty() : Optional.of(Reason.InvalidIdentifier);
    for (String place : NAMES) {
      assertThat(outcome(place, text)).as(place).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.matviews.hostile.HostileText#all")
  void asANameTheApiServerRefusesIt(HostileText text) {
    assertThat(refusedFields(ALL_NAMES, text))
        .hasSize(HostileNames.fits(text.text()) ? 0 : NAMES.size());
  }

  @ParameterizedTest
  @MethodSource("dev.matviews.hostile.HostileText#all")
  void asASettingOrAZoneOrAScheduleTheOperatorRefusesIt(HostileText text) {
    assertThat(outcome("sessionTimeZone: %s", text)).contains(Reason.InvalidTimeZone);
    assertThat(outcome("refresh: {schedule: %s}", text)).contains(Reason.InvalidSchedule);
    assertThat(outcome("refresh: {schedule: '* * * * *', timeZone: %s}", text))
        .contains(Reason.InvalidTimeZone);
    assertThat(outcome("refresh: {sessionSettings: {? %s : '1'}}", text))
        .contains(Reason.InvalidSetting);
  }

  /** That the database refuses them, the tests of texts as SQL show. */
  @ParameterizedTest
  @MethodSource("shortEnough")
  void whatTheApiServerRefusesAsSqlTheDatabaseWouldRefuse(HostileText text) {
    boolean isNoText = text.text().isBlank() || text.holdsNul();
    assertThat(refusedFields(ALL_TEXTS, text)).hasSize(isNoText ? 3 : 0);
    if (isNoText) {
      assertThat(List.of(text.query(), text.where(), text.key())).allMatch(Optional::isPresent);
    }
  }

  /** A failing one is tried again with {@code -Dnames.seed=…}. */
  @Test
  void aNameIsRefusedThatPostgreSqlWouldNotKeepAsItIs() {
    long seed = Long.getLong("names.seed", System.nanoTime());
    for (String name : HostileNames.random(seed)) {
      assertThat(outcome(() -> DesiredView.identifier(name)).isEmpty())
          .as("seed %d: %s", seed, name)
          .isEqualTo(HostileNames.fits(name));
    }
  }

  private static Set<String> refusedFields(String places, HostileText text) {
    try {
      TestApiServer.client()
          .resource(Manifests.written(places.formatted(text.quoted())))
          .inNamespace("default")
          .dryRun()
          .create();
      return Set.of();
    } catch (KubernetesClientException e) {
      return e.getStatus().getDetails().getCauses().stream()
          .map(StatusCause::getField)
          .filter(field -> field.startsWith("spec."))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Optional<Reason> outcome(String place, HostileText text) {
    String spec = place.formatted(text.quoted());
    return outcome(() -> DesiredView.of(Manifests.view(spec), "default"));
  }

  private static Optional<Reason> outcome(Runnable call) {
    try {
      call.run();
      return Optional.empty();
    } catch (RefusedException e) {
      assertThat(e.problem().message()).isNotBlank();
      return Optional.of(e.problem().reason());
    }
  }
}
