package dev.matviews.postgres;

import static dev.matviews.postgres.TestDatabase.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import dev.matviews.plan.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A server that means harm")
class HostileServerTest {

  private static final String FLOOD = "far more than an answer can be";
  private static final String AWAY = "cannot be reached or is not ready";
  private static final int HUGE = Integer.MAX_VALUE - Integer.BYTES;

  /** What an answer may have, and what lies in the buffers of two sockets. */
  private static final long SOME_MEGABYTES = 24 << 20;

  /**
   * How it answers a login, or the first query after one.
   *
   * @param said to the user
   */
  record Trick(String name, String said, HostileServer.Talk talk) {

    /** On a busy machine a second is too short to be flooded in. */
    Duration connectTimeout() {
      return Duration.ofSeconds(said.equals(FLOOD) ? 10 : 1);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Trick> tricks() {
    return List.of(
        new Trick(
            "Slow handshake",
            AWAY,
            client -> {
              client.head('E', 1_000_000);
              client.drip();
            }),
        new Trick(
            "Error that claims two gigabytes",
            AWAY,
            client -> {
              client.head('E', HUGE);
              client.drip();
            }),
        new Trick(
            "Error of hundreds of megabytes",
            FLOOD,
            client -> {
              client.head('E', 400 << 20);
              client.pour(400 << 20);
            }),
        new Trick(
            "Notices without end",
            FLOOD,
            client -> {
              client.head('R', Integer.BYTES).writeInt(0);
              while (true) {
                client.notice();
              }
            }),
        new Trick(
            "Parameters without end",
            FLOOD,
            client -> {
              client.head('R', Integer.BYTES).writeInt(0);
              for (int i = 0; true; i++) {
                client.parameter("parameter_" + i, HostileServer.LONG);
              }
            }),
        new Trick(
            "Any text as its condition",
            AWAY,
            client -> client.error("no such condition " + HostileServer.LONG, "hello")),
        new Trick("Condition of something else", AWAY, client -> client.error("22012", "hello")),
        new Trick(
            "Slow answer",
            AWAY,
            client -> {
              client.logIn();
              client.awaitQuery();
              client.describeRow();
              client.head('D', 1_000_000);
              client.drip();
            }),
        new Trick(
            "Columns without number",
            AWAY,
            client -> {
              client.logIn();
              client.awaitQuery();
              client.head('T', HUGE).writeShort(0xffff);
              client.drip();
            }),
        new Trick(
            "Value that claims two gigabytes",
            AWAY,
            client -> {
              client.logIn();
              client.awaitQuery();
              client.describeRow();
              client.row(Integer.MAX_VALUE);
              client.drip();
            }),
        new Trick(
            "Value of less than nothing",
            "08P01",
            client -> {
              client.logIn();
              client.awaitQuery();
              client.describeRow();
              client.row(-5);
              client.drip();
            }),
        new Trick(
            "Rows without end",
            FLOOD,
            client -> {
              client.logIn();
              client.awaitQuery();
              client.describeRow();
              while (true) {
                client.row(1);
                client.text("");
              }
            }),
        new Trick(
            "Notices instead of an answer",
            FLOOD,
            client -> {
              client.logIn();
              client.awaitQuery();
              while (true) {
                client.notice();
              }
            }));
  }

  @ParameterizedTest
  @MethodSource("tricks")
  @DisplayName("costs little time and memory, and is told of")
  void costsLittle(Trick trick) throws IOException {
    try (HostileServer server = new HostileServer(trick.talk)) {
      long start = System.nanoTime();
      assertThatThrownBy(() -> Session.open(at(server, trick), Session.Pins.ofCatalog()).close())
          .asInstanceOf(type(DatabaseException.class))
          .satisfies(
              e -> {
                assertThat(e.failure().reason()).isEqualTo(Reason.DatabaseUnavailable);
                assertThat(e.failure().message())
                    .contains(trick.said, "somebody@")
                    .hasSizeLessThan(300);
              });
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
      assertThat(server.sent()).isLessThan(SOME_MEGABYTES);
      await().atMost(SOON).until(server::isLeftAlone);
      await().atMost(SOON).until(HostileServerTest::noLoginGoesOn);
    }
  }

  private static boolean noLoginGoesOn() {
    return Thread.getAllStackTraces().keySet().stream()
        .noneMatch(thread -> thread.getName().contains("JDBC driver connection"));
  }

  private static ServerAddress at(HostileServer server, Trick trick) {
    return new ServerAddress(
        "127.0.0.1",
        server.port(),
        "anything",
        "somebody",
        "secret",
        TlsMode.DISABLE,
        null,
        null,
        Networks.NONE,
        trick.connectTimeout());
  }
}
