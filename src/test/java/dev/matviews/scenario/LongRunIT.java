package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("While a refresh runs for minutes")
class LongRunIT {

  private Tenant tenant;

  @BeforeEach
  void longRefresh(Tenant moved) {
    tenant = moved;
    tenant.view("long", "SELECT 1 AS a, pg_sleep(300)::text AS s", "");
    tenant.awaitReason("long", "FALSE/Populating");
    tenant.awaitValue(Tenant.REFRESHING, Duration.ofSeconds(5), "1");
  }

  @Test
  @DisplayName("other views of the same database are made and filled at once")
  void othersGoOn() {
    tenant.view("quick", "SELECT 1 AS a", "");
    tenant.await("quick", Duration.ofSeconds(3), s -> Tenant.ready(s).equals("TRUE/InSync"));
  }

  @Test
  @DisplayName("deleting the view stops it")
  void delete() {
    tenant.delete("long");
    tenant.awaitValue(Tenant.REFRESHING, Duration.ofSeconds(3), "0");
  }

  @Test
  @DisplayName("deleting the view stops it, also while somebody looks at the view")
  void deleteDuringALook() {
    try (HeldLocks locks = HeldLocks.none().and(tenant, Tenant.LOCK_OF_LOOKS)) {
      locks.await();
      tenant.annotate("long", "another run");
      tenant.awaitValue(Tenant.LOCK_WAITS, Duration.ofSeconds(3), "1");
      tenant.delete("long");
      tenant.awaitValue(Tenant.REFRESHING, Duration.ofSeconds(3), "0");
    }
    tenant.view("after", "SELECT 1 AS a", "");
    tenant.awaitReady("after");
    tenant.awaitValue(Tenant.REFRESHING, Duration.ofSeconds(3), "0");
  }

  @Test
  @DisplayName("a rotated password keeps nobody from stopping it, and what waited begins after it")
  void rotatedPassword() {
    tenant.view("longer", "SELECT 1 AS a, pg_sleep(300)::text AS s", "");
    tenant.awaitValue(Tenant.REFRESHING, Duration.ofSeconds(5), "2");
    tenant.view("waits", "SELECT 1 AS a", "");
    tenant.awaitReason("waits", "FALSE/Populating");

    tenant.sql("ALTER ROLE \"%s\" PASSWORD 'the next one'".formatted(tenant.role()));
    String now = tenant.value("SELECT now()");
    tenant.secret("db", "the next one");
    tenant.awaitValue(
        "SELECT count(*) > 0 FROM pg_stat_activity WHERE usename = '%s' AND backend_start > '%s'"
            .formatted(tenant.role(), now),
        Duration.ofSeconds(10),
        "t");
    assertThat(tenant.value(Tenant.REFRESHING)).isEqualTo("2");

    tenant.delete("long");
    tenant.delete("longer");
    tenant.awaitValue(Tenant.REFRESHING, Duration.ofSeconds(3), "0");
    tenant.awaitReady("waits");
  }

  @Test
  @DisplayName("of the first fill, a mended query goes live at once")
  void mendTheQuery() {
    tenant.view("long", "SELECT 2 AS a", "");
    tenant.await("long", Duration.ofSeconds(5), s -> Tenant.ready(s).equals("TRUE/InSync"));
    assertThat(tenant.value("SELECT a FROM app.long")).isEqualTo("2");
    tenant.awaitValue(Tenant.REFRESHING, Duration.ofSeconds(1), "0");
  }

  @Test
  @DisplayName("suspending and editing the view is seen at once, and its run goes on")
  void suspendAndEdit() {
    tenant.view("long", "SELECT 1 AS a, pg_sleep(300)::text AS s", "suspend: true");
    tenant.awaitReason("long", "TRUE/NotPopulated");
    tenant.view(
        "long", "SELECT 1 AS a, pg_sleep(300)::text AS s", "refresh: {schedule: 'nonsense'}");
    tenant.awaitReason("long", "FALSE/InvalidSchedule");
    assertThat(tenant.value(Tenant.REFRESHING)).isEqualTo("1");
    tenant.delete("long");
    tenant.awaitValue(Tenant.REFRESHING, Duration.ofSeconds(3), "0");
  }
}
