package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.RefreshTrigger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What examples/ promises, on the tables of the quickstart. */
@ExtendWith(Stage.Extension.class)
@DisplayName("The examples work as their comments say:")
class ExamplesIT {

  private static final Path EXAMPLES = Path.of("examples");
  private static final Pattern YAML = Pattern.compile("(?ms)^```yaml\n(.*?)^```$");
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Tenant tenant;

  @BeforeEach
  void aPlayground(Tenant moved) throws IOException {
    tenant = moved;
    tenant.sql(read("quickstart/seed.sql"));
    tenant.sql("GRANT SELECT ON ALL TABLES IN SCHEMA app TO \"%s\"".formatted(tenant.role()));
    tenant.secret("playground-app", Tenant.PASSWORD);
    apply("quickstart/connection.yaml");
    tenant.awaitConnection("playground", "TRUE/InSync", "");
  }

  @Test
  @DisplayName("the quickstart, all that can be declared, and all that can be said of refreshes")
  void allIsReady() throws IOException {
    apply("quickstart/daily-volume.yaml", "quickstart/leaderboard.yaml");
    apply("quickstart/personal-bests.yaml", "declared/exercise-search.yaml");
    apply("refreshing/hourly-volume.yaml");
    for (String view :
        List.of(
            "daily-volume", "leaderboard", "personal-bests", "exercise-search", "hourly-volume")) {
      tenant.await(view, LIMIT, s -> Tenant.ready(s).equals("TRUE/InSync"));
    }
    assertThat(tenant.value("SELECT count(*) FROM app.leaderboard")).isEqualTo("2000");
  }

  @Test
  @DisplayName("the views of the README")
  void readme() throws IOException {
    for (String view : List.of("leaderboard", "newcomers")) {
      tenant.apply(readmeView(view));
      tenant.awaitReady(view);
    }
    assertThat(tenant.value("SELECT sum(users) FROM app.newcomers")).isEqualTo("2000");
  }

  @Test
  @DisplayName("a view of the quickstart is small at the API server, also when it has a history")
  void isSmall() throws IOException {
    apply("quickstart/leaderboard.yaml");
    tenant.awaitReady("leaderboard");
    for (int n = 1; n <= 5; n++) {
      tenant.awaitPass("leaderboard");
    }
    String stored =
        tenant
            .client()
            .raw(
                "/apis/matviews.dev/v1alpha1/namespaces/%s/materializedviews/leaderboard"
                    .formatted(tenant.namespace()));
    System.out.printf("leaderboard is stored in %d bytes%n", stored.length());
    assertThat(stored).contains("managedFields", "history").hasSizeBetween(2000, 8192);
  }

  @Test
  @DisplayName("a changed definition goes live without a failed read, and what stands on it stays")
  void zeroDowntime() throws IOException {
    apply("zero-downtime/1-before.yaml");
    tenant.awaitReady("exercise-volume");
    asRole("zero-downtime/on-top.sql");
    String before = "SELECT string_agg(name || volume_kg, ' ') FROM app.top_exercises";
    String wanted = Objects.requireNonNull(tenant.value(before));
    Readers readers = Readers.of(tenant, before, wanted);
    apply("zero-downtime/2-after.yaml");
    tenant.awaitReady("exercise-volume");
    assertThat(readers.stop()).isEmpty();
    assertThat(tenant.value("SELECT max(users) FROM app.exercise_volume")).isEqualTo("200");
    assertThat(tenant.value("SELECT has_table_privilege('public', 'app.top_exercises', 'SELECT')"))
        .isEqualTo("t");
    tenant.awaitEvent("exercise-volume", "Rebuilt");
  }

  @Test
  @DisplayName("views on top are made after what they read, and refreshed after it")
  void dependencies() throws IOException {
    apply("dependencies/weekly-volume.yaml", "quickstart/daily-volume.yaml");
    apply("quickstart/leaderboard.yaml");
    tenant.awaitReady("leaderboard");
    asRole("dependencies/podium.sql");
    apply("dependencies/podium.yaml");
    for (String view : List.of("weekly-volume", "podium")) {
      tenant.awaitReady(view);
    }
    Instant asOf = Instant.now();
    tenant.annotate("daily-volume", "now");
    tenant.annotate("leaderboard", "now");
    for (String view : List.of("weekly-volume", "podium")) {
      MaterializedViewStatus status =
          tenant.await(view, LIMIT, s -> s.dataAsOf() != null && s.dataAsOf().isAfter(asOf));
      assertThat(Objects.requireNonNull(status.lastAttempt()).trigger())
          .isEqualTo(RefreshTrigger.Upstream);
    }
  }

  @Test
  @DisplayName("views that were made by hand are taken over or refreshed, and stay what they are")
  void existingViews() throws IOException {
    asRole("existing-view/by-hand.sql");
    String oids =
        "SELECT string_agg(oid::text, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'm'";
    String before = tenant.value(oids);
    apply("existing-view/take-over.yaml", "existing-view/refresh-only.yaml");
    tenant.awaitReady("active-users");
    tenant.awaitReady("monthly-workouts");
    assertThat(tenant.value(oids)).isEqualTo(before);
    tenant.awaitEvent("active-users", "Adopted");
    tenant.await("active-users", LIMIT, s -> s.indexes().stream().anyMatch(i -> i.valid()));
  }

  private static String readmeView(String name) throws IOException {
    return YAML.matcher(Files.readString(Path.of("README.md")))
        .results()
        .map((MatchResult block) -> block.group(1))
        .filter(block -> block.contains("\n  name: %s\n".formatted(name)))
        .findFirst()
        .orElseThrow();
  }

  private void apply(String... files) throws IOException {
    for (String file : files) {
      tenant.apply(read(file));
    }
  }

  /** As whoever works with the connection's role. */
  private void asRole(String file) throws IOException {
    tenant.sql("SET ROLE \"%s\"; %s".formatted(tenant.role(), read(file)));
  }

  private static String read(String file) throws IOException {
    return Files.readString(EXAMPLES.resolve(file));
  }
}
