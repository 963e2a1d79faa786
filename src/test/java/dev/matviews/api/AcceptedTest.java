package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server takes, up to the bounds. */
class AcceptedTest {

  private static final String PARAMETERS =
      IntStream.range(0, 16)
          .mapToObj(i -> "p".repeat(61) + "%02d: '%s'".formatted(i, "v".repeat(128)))
          .collect(Collectors.joining(", ", "{", "}"));

  private static final String SETTINGS =
      IntStream.range(0, 32)
          .mapToObj(
              i ->
                  "enable_%s%s: '%s'"
                      .formatted(
                          "s".repeat(54),
                          (char) ('a' + i % 26) + "x".repeat(i / 26),
                          "v".repeat(64)))
          .collect(Collectors.joining(", ", "{", "}"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spec: {}",
        "metadata: {name: daily.totals-2}",
        "spec: {schema: Größe, viewName: 'odd \"name\"; --'}",
        "spec: {viewName: éééééééééééééééééééééééééééééééx}",
        "spec: {schema: '63_letters_sssssssssssssssssssssssssssssssssssssssssssssssssss'}",
        "spec: {searchPath: [app, '$user', public]}",
        "spec: {sessionTimeZone: Europe/Berlin}",
        "spec: {sessionTimeZone: America/Argentina/Buenos_Aires}",
        "spec: {sessionTimeZone: Etc/GMT+1}",
        "spec: {indexes: []}",
        "spec: {indexes: [{name: i, unique: true, columns: [b, a]}]}",
        "spec: {indexes: [{name: i, columns: [a]}, {name: I, columns: [a]}]}",
        "spec: {indexes: [{name: i, keys: [{column: a}, {expression: lower(b)}]}]}",
        "spec: {indexes: [{name: i, keys: [{column: a, order: desc, nulls: last}, {column: a}]}]}",
        "spec: {indexes: [{name: i, keys: [{column: a, operatorClass: public.gin_trgm_ops}]}]}",
        "spec: {indexes: [{name: i, keys: [{column: a, collation: pg_catalog.en_US.utf8}]}]}",
        "spec: {indexes: [{name: i, keys: [{column: a, collation: C}], method: gist}]}",
        "spec: {indexes: [{name: i, unique: true, columns: [a], nullsNotDistinct: true}]}",
        "spec: {indexes: [{name: i, unique: true, keys: [{expression: a}], where: a > 0}]}",
        "spec: {indexes: [{name: i, columns: [a], include: [a, b]}]}",
        "spec: {indexes: [{name: i, columns: [a], include: [b], method: gist}]}",
        "spec: {indexes: [{name: i, columns: [a], include: [b], method: spgist}]}",
        "spec: {indexes: [{name: i, columns: [a], method: hash, parameters: {fillfactor: '70'}}]}",
        "spec: {indexes: [{name: i, columns: [a], method: gin, parameters: {fastupdate: 'off'}}]}",
        "spec: {indexes: [{name: i, columns: [a], method: brin, where: \"a <> ';'\"}]}",
        "spec: {owner: 'odd \"role\"; --', comment: \"It's; a /* comment\"}",
        "spec: {grants: [{role: PUBLIC, privileges: [SELECT]}]}",
        "spec: {grants: [{role: Public, privileges: [SELECT, MAINTAIN, REFERENCES, TRIGGER]}]}",
        "spec: {grants: [{role: a, privileges: [SELECT], withGrantOption: true}]}",
        "spec: {storage: {}}",
        "spec: {storage: {tablespace: fast, parameters: {}}}",
        "spec: {storage: {parameters: {autovacuum_enabled: 'off', fillfactor: '1e+1'}}}",
        "spec: {changePolicy: OnApproval, adoptionPolicy: Always, driftPolicy: Report}",
        "spec: {managementPolicy: Manage, deletionPolicy: Delete}",
        "spec: {managementPolicy: RefreshOnly, sql: null}",
        "spec: {dependsOn: [{name: a}, {name: b.c-d}]}",
        "spec: {refresh: {onUpstreamRefresh: true}}",
        "spec: {refresh: {onUpstreamRefresh: true, interval: 1h}}",
        "spec: {managementPolicy: RefreshOnly, sql: null, searchPath: [app], sessionTimeZone: UTC}",
        "spec: {managementPolicy: RefreshOnly, sql: null, refresh: {interval: 1h}, suspend: true}",
        "spec: {refresh: {}}",
        "spec: {refresh: {mode: Concurrent, schedule: '*/5 8-18 * jan,feb mon-fri'}}",
        "spec: {refresh: {mode: Standard, schedule: '@hourly', timeZone: Asia/Kolkata}}",
        "spec: {refresh: {mode: Swap, interval: 1h}}",
        "spec: {managementPolicy: RefreshOnly, sql: null, refresh: {mode: Concurrent}}",
        "spec: {refresh: {interval: 10s, startingDeadline: 1s}}",
        "spec: {refresh: {interval: 744h, timeout: 24h, lockTimeout: 1m}}",
        "spec: {refresh: {interval: 743h59m59s1000ms, timeout: 1s, lockTimeout: 1ms}}",
        "spec: {refresh: {schedule: '@daily', startingDeadline: 1h30m}}",
        "spec: {refresh: {schedule: '@daily', jitter: 24h}}",
        "spec: {refresh: {interval: 10s, jitter: 9999ms}}",
        "spec: {refresh: {interval: 10s, jitter: 0s}}",
        "spec: {maxStaleness: 1s}",
        "spec: {historyLimit: 1}",
        "spec: {historyLimit: 200}",
        "spec: {refresh: {rowCount: None}}",
        "spec: {refresh: {rowCount: Exact, notifyChannel: 'odd \"channel\"; --'}}",
        "spec: {refresh: {sessionSettings: {}}}",
        "spec: {refresh: {sessionSettings: {work_mem: 1 GB, jit: 'off', enable_hashjoin: 'no'}}}",
        "spec: {refresh: {sessionSettings: {hash_mem_multiplier: '1.5', maintenance_work_mem: 1GB,"
            + " max_parallel_workers_per_gather: '0', max_parallel_maintenance_workers: '4'}}}",
        "spec: {refresh: {retries: 0}}",
        "spec: {refresh: {retries: 20}}",
        "spec: {refresh: {initialPopulation: Deferred}, suspend: true}",
      })
  void view(String yaml) {
    assertThat(Objects.refusalOf(() -> Objects.tryCreate(Objects.view(yaml)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spec: {}",
        "spec: {secretRef: {keys: {user: user, database: db.name}}}",
        "spec: {host: pg-rw, port: 5432, database: app}",
        "spec: {host: pg-rw.data.svc.cluster.local., port: 1}",
        "spec: {host: 10.0.0.1, port: 65535}",
        "spec: {host: '::1'}",
        "spec: {host: '2001:db8::192.0.2.1'}",
        "spec: {host: 'pg-a,pg-b.data.svc,10.0.0.1,::1,e,f,g,h'}",
        "spec: {tls: {mode: disable}}",
        "spec: {tls: {clientCertSecretRef: {name: me}}}",
        "spec: {tls: {mode: require, clientCertSecretRef: {name: me, certKey: c, keyKey: k}}}",
        "spec: {allowedOwners: [a, B c], allowedSchemas: [app]}",
        "spec: {allowPrivilegedRole: true, readReplicas: false}",
        "spec: {tls: {mode: require}}",
        "spec: {tls: {mode: verify-ca, caSecretRef: {name: pg-ca}}}",
        "spec: {tls: {caSecretRef: {name: pg.ca, key: root.pem}}}",
        "spec: {maxConcurrentRefreshes: 1, connectTimeout: 1s}",
        "spec: {maxConcurrentRefreshes: 32, connectTimeout: 60s}",
        "spec: {rebuildSizeWarning: 10Gi}",
        "spec: {rebuildSizeWarning: 1.5k}",
        "spec: {rebuildSizeWarning: '1000000'}",
        "spec: {bookkeepingSchema: Bücher}",
      })
  void connection(String yaml) {
    assertThat(Objects.refusalOf(() -> Objects.tryCreate(Objects.connection(yaml)))).isEmpty();
  }

  @Test
  @DisplayName("a name of 64 letters, when viewName is given")
  void longName() {
    var view = Objects.view("metadata: {name: " + "n".repeat(64) + "}", "spec: {viewName: short}");
    assertThat(Objects.refusalOf(() -> Objects.tryCreate(view))).isEmpty();
  }

  @Test
  @DisplayName("a view as large as may be: the rules' cost stays within the API server's budget")
  void largest() {
    String names = list(32, AcceptedTest::name);
    String all = "privileges: [SELECT, MAINTAIN, REFERENCES, TRIGGER]";
    var view =
        Objects.view(
            "spec: {sql: '" + "s".repeat(65536) + "', searchPath: " + names + "}",
            "spec: {comment: '"
                + "c".repeat(1024)
                + "', storage: {parameters: "
                + PARAMETERS
                + "}}",
            "spec: {grants: " + list(64, i -> "{role: " + name(i) + ", " + all + "}") + "}",
            "spec: {indexes: " + indexes("columns: " + names + ", include: " + names) + "}",
            "spec: {refresh: {schedule: '"
                + "*".repeat(256)
                + "', sessionSettings: "
                + SETTINGS
                + "}}");
    assertThat(Objects.refusalOf(() -> Objects.tryCreate(view))).isEmpty();
  }

  @Test
  @DisplayName("indexes as large as may be, by expressions")
  void largestKeys() {
    String named = "'" + "q".repeat(63) + "." + "n".repeat(63) + "'";
    String key =
        "{order: desc, nulls: last, operatorClass: %s, collation: %s, expression: %s}"
            .formatted(named, named, "x".repeat(1024));
    var view = Objects.view("spec: {indexes: " + indexes("keys: " + list(32, i -> key)) + "}");
    assertThat(Objects.refusalOf(() -> Objects.tryCreate(view))).isEmpty();
  }

  private static String indexes(String keys) {
    String more = "where: '" + "w".repeat(2048) + "', parameters: " + PARAMETERS;
    return list(32, i -> "{name: " + name(i) + ", " + keys + ", " + more + "}");
  }

  private static String name(int i) {
    return "'" + "x".repeat(60) + "%03d'".formatted(i);
  }

  private static String list(int size, IntFunction<String> entry) {
    return IntStream.range(0, size).mapToObj(entry).collect(Collectors.joining(", ", "[", "]"));
  }
}
