package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A connection that nobody has looked at")
class ConnectionsTest {

  private static final ResourceID ID = new ResourceID("db", "team");

  private final Connections connections = new Connections();

  @Test
  @DisplayName("is expected as long as the API server has it, which is asked once in a while")
  void expected() {
    assertThat(connections.isExpected(ID, id -> true)).isTrue();
    assertThat(connections.isExpected(ID, id -> false)).as("as it was a moment ago").isTrue();
    await().atMost(Duration.ofSeconds(20)).until(() -> !connections.isExpected(ID, id -> false));
  }
}
