package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedView;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("The operator")
class QuietIT {

  @Test
  @DisplayName("changes nothing while nothing changes: no DDL, no status write, no Event")
  void quiet(Stage stage, Tenant tenant) {
    tenant.view(
        "still",
        "SELECT 1 AS a",
        """
        indexes:
        - {name: still_key, unique: true, columns: [a]}
        """);
    tenant.awaitReady("still");
    MaterializedView before = awaitSettled(tenant);
    List<String> ddl = stage.postgresLog(tenant, "LOG:  execute");
    List<Event> events = tenant.events("still");

    Instant twoPassesLater = Instant.now().plusSeconds(12);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> Instant.now().isAfter(twoPassesLater));

    assertThat(tenant.object("still").getMetadata().getResourceVersion())
        .isEqualTo(before.getMetadata().getResourceVersion());
    assertThat(stage.postgresLog(tenant, "LOG:  execute")).as("DDL").isNotEmpty().isEqualTo(ddl);
    assertThat(tenant.events("still")).hasSameSizeAs(events);
  }

  @Test
  @DisplayName("looks a hundred times at a quiet view by one query each, and writes nothing")
  void hundredPasses(Stage stage, Tenant tenant) {
    tenant.sql(
        "ALTER DATABASE \"%s\" SET log_statement = 'all'".formatted(tenant.role()),
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '%s'"
            .formatted(tenant.role()));
    tenant.view("still", "SELECT 1 AS a", "indexes: [{name: k, unique: true, columns: [a]}]");
    tenant.awaitReady("still");
    awaitSettled(tenant);
    String session =
        "FROM pg_stat_activity WHERE usename = '%s' ORDER BY backend_start LIMIT 1"
            .formatted(tenant.role());
    String pid = tenant.value("SELECT pid " + session);
    String version = tenant.object("still").getStatus().toString();
    int before = sent(stage, tenant, pid).size();
    Instant start = Instant.now();

    for (int i = 1; i <= 100; i++) {
      String last = tenant.value("SELECT query_start " + session);
      tenant.approve("still", "nothing-" + i);
      Awaitility.await()
          .pollInterval(Duration.ofMillis(10))
          .atMost(Duration.ofSeconds(2))
          .until(() -> !Objects.equals(last, tenant.value("SELECT query_start " + session)));
    }

    long byResync = Duration.between(start, Instant.now()).toSeconds() / 5 + 1;
    List<String> sent = sent(stage, tenant, pid);
    assertThat(sent.subList(before, sent.size()))
        .hasSizeBetween(100, (int) (100 + byResync))
        .allMatch(line -> line.contains("-- What the database holds under each"));
    assertThat(tenant.object("still").getStatus()).hasToString(version);
  }

  @Test
  @DisplayName("never misses an edit of the spec that comes while it writes the status")
  void editsWhileTheStatusIsWritten(Tenant tenant) {
    tenant.view("edited", "SELECT 1 AS a", "");
    tenant.awaitReady("edited");
    for (int i = 1; i <= 100; i++) {
      String timeout = (100 + i) + "s";
      tenant.annotate("edited", "run-" + i);
      tenant.view("edited", "SELECT 1 AS a", "refresh: {timeout: %s}".formatted(timeout));
    }
    tenant.await(
        "edited", Duration.ofSeconds(5), s -> "run-100".equals(s.lastHandledRefreshRequest()));
    assertThat(tenant.object("edited").getSpec().refresh().timeout()).isEqualTo("200s");
  }

  @Test
  @DisplayName("writes no file, so that its root may be read-only")
  void noFiles(Stage stage) throws IOException {
    Path descriptors = Path.of("/proc", String.valueOf(stage.operator().pid()), "fd");
    Set<String> written = new HashSet<>();
    try (var open = Files.list(descriptors)) {
      for (Path descriptor : open.toList()) {
        writtenFile(descriptor).ifPresent(written::add);
      }
    }
    assertThat(written)
        .as("its output, which a Pod has no file for")
        .containsExactly(stage.operatorLog().toAbsolutePath().toString());
  }

  private static Optional<String> writtenFile(Path descriptor) throws IOException {
    try {
      String file = Files.readSymbolicLink(descriptor).toString();
      boolean written =
          file.startsWith("/") && !file.startsWith("/dev/") && isForWriting(descriptor);
      return written ? Optional.of(file) : Optional.empty();
    } catch (NoSuchFileException e) {
      // A socket that was closed meanwhile.
      return Optional.empty();
    }
  }

  private static boolean isForWriting(Path descriptor) throws IOException {
    Path info =
        descriptor.resolveSibling(Path.of("..", "fdinfo")).resolve(descriptor.getFileName());
    String flags =
        Files.readAllLines(info).stream()
            .filter(line -> line.startsWith("flags:"))
            .findFirst()
            .orElseThrow();
    return (Integer.parseInt(flags.substring("flags:".length()).trim(), 8) & 3) != 0;
  }

  private static List<String> sent(Stage stage, Tenant tenant, @Nullable String pid) {
    return stage.postgresLog(tenant, "[" + pid + "]").stream()
        .filter(line -> line.contains(" LOG:  execute"))
        .toList();
  }

  private static MaterializedView awaitSettled(Tenant tenant) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> tenant.object("still"),
            view ->
                view.getStatus().rowCount() != null && view.getStatus().rowCount().value() == 1);
  }
}
