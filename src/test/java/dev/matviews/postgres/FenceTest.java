package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.app;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.TcpProxy;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FenceTest {

  /** What a run may take that has just ended. */
  private static final Duration LONG = Duration.ofHours(1);

  @RegisterExtension final TestDatabase database = new TestDatabase();

  @Test
  void isGivenUpSoonWhereTheServerFallsSilent() throws SQLException {
    Fence fence = Fence.of(app("v"));
    ServerAddress direct = database.address();
    try (TcpProxy network = TcpProxy.before(database.server().port());
        Session session =
            Session.open(database.address(network.port()), Session.Pins.ofCatalog())) {
      assertThat(fence.tryHold(session, Session.Pins.ofCatalog(), direct)).isTrue();
      session.setReadTimeout(LONG);
      network.freeze();
      long start = System.nanoTime();
      fence.release(session);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
      assertThat(session.isOpen()).isFalse();
    }
  }
}
