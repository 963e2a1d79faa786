package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.Faults;
import dev.matviews.playground.TcpProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("Views on a database that takes connections and never answers")
class SilentDatabaseIT {

  private static final int VIEWS = 200;
  private static final Duration OBSERVED = Duration.ofSeconds(10);

  @Test
  @DisplayName(
      "cost one login at a time, two hundred of them, and a view elsewhere has its edit and slots")
  void oneProbe(Tenant tenant) throws IOException {
    tenant.view("healthy", "SELECT 1 AS a", "refresh: {interval: 10s}");
    tenant.awaitReady("healthy");
    List<Socket> logins = new CopyOnWriteArrayList<>();
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread accepting = new Thread(() -> accept(silent, logins), "silent");
      accepting.start();
      Instant start = Instant.now();
      connectTo(tenant, "silent", silent.getLocalPort(), "2s");
      IntStream.range(0, VIEWS).forEach(i -> silentView(tenant, i));

      Instant edited = Instant.now();
      tenant.view("healthy", "SELECT 2 AS a", "refresh: {interval: 10s}");
      tenant.awaitValue("SELECT a FROM app.healthy", Duration.ofSeconds(5), "2");
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofMillis(250))
          .until(() -> slotsAfter(tenant, edited) > 0);

      assertThat(lateness(tenant, edited)).isLessThan(1.0);
      long seconds = Duration.between(start, Instant.now()).toSeconds();
      assertThat(logins).isNotEmpty().hasSizeLessThanOrEqualTo((int) (2 + seconds / 2));
    } finally {
      for (Socket login : logins) {
        login.close();
      }
    }
  }

  @Test
  @DisplayName("do not try it one after the other, when they have waited for their turn there")
  void inTheQueue(Stage stage, Tenant tenant) {
    List<String> views = IntStream.range(0, 24).mapToObj("view-%d"::formatted).toList();
    try (TcpProxy network = TcpProxy.before(stage.postgres().port())) {
      tenant.connectOver(network);
      tenant.sql("CREATE TABLE app.pace AS SELECT 0 AS seconds");
      tenant.own("pace");
      views.forEach(v -> tenant.view(v, "SELECT pg_sleep(seconds)::text AS s FROM pace", ""));
      views.forEach(tenant::awaitReady);
      tenant.sql("UPDATE app.pace SET seconds = 60");
      views.forEach(view -> tenant.annotate(view, "1"));
      tenant.awaitValue(Tenant.REFRESHING, Duration.ofSeconds(5), "2");

      int before = network.accepted();
      network.set(Faults.NONE.withSilence());
      network.cut();
      Instant end = Instant.now().plus(OBSERVED);
      Awaitility.await().atMost(OBSERVED.multipliedBy(2)).until(() -> Instant.now().isAfter(end));
      assertThat(network.accepted() - before).isBetween(2, 7);

      tenant.sql("UPDATE app.pace SET seconds = 0");
      network.set(Faults.NONE);
      views.forEach(
          view ->
              tenant.await(
                  view, Duration.ofSeconds(30), s -> "1".equals(s.lastHandledRefreshRequest())));
    }
  }

  @Test
  @DisplayName("hold up no login of another namespace, sixteen such databases of one")
  void logins(Stage stage, Tenant tenant) throws IOException {
    List<Socket> logins = new CopyOnWriteArrayList<>();
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      new Thread(() -> accept(silent, logins), "silent").start();
      for (int i = 0; i < 16; i++) {
        connectTo(tenant, "silent-" + i, silent.getLocalPort(), "60s");
      }
      Awaitility.await().until(() -> logins.size() >= 4);
      try (Tenant other = Tenant.moveIn(stage)) {
        other.awaitConnection("db", "TRUE/InSync", "");
      }
    } finally {
      for (Socket login : logins) {
        login.close();
      }
    }
  }

  private static void connectTo(Tenant tenant, String name, int port, String timeout) {
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: PostgresConnection
        metadata: {name: %s}
        spec:
          secretRef: {name: db}
          host: %s
          port: %d
          connectTimeout: %s
          tls: {mode: disable}
        """
            .formatted(name, InetAddress.getLoopbackAddress().getHostAddress(), port, timeout));
  }

  private static void silentView(Tenant tenant, int number) {
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedView
        metadata: {name: silent-%d}
        spec:
          connectionRef: {name: silent}
          sql: SELECT 1 AS a
          refresh: {interval: 10s}
        """
            .formatted(number));
  }

  private static long slotsAfter(Tenant tenant, Instant moment) {
    return Long.parseLong(
        String.valueOf(
            tenant.value(
                "SELECT count(*) FROM matview_operator.runs WHERE trigger = 'Schedule'"
                    + " AND due_at > '%s'".formatted(moment))));
  }

  /** In seconds, the worst. */
  private static double lateness(Tenant tenant, Instant moment) {
    return Double.parseDouble(
        String.valueOf(
            tenant.value(
                "SELECT max(extract(epoch FROM started_at - due_at)) FROM matview_operator.runs"
                    + " WHERE trigger = 'Schedule' AND due_at > '%s'".formatted(moment))));
  }

  private static void accept(ServerSocket silent, List<Socket> logins) {
    try {
      while (!silent.isClosed()) {
        logins.add(silent.accept());
      }
    } catch (IOException e) {
      // Closed: the test is over.
      return;
    }
  }
}
