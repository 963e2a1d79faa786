package dev.matviews.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.matviews.plan.Reason;
import dev.matviews.playground.PgBouncer;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("PgBouncer")
class PgBouncerTest {

  @RegisterExtension final TestDatabase database = new TestDatabase();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pool_mode = transaction\nignore_startup_parameters = extra_float_digits",
        "pool_mode = session\nignore_startup_parameters = extra_float_digits",
        "pool_mode = statement\nignore_startup_parameters = extra_float_digits",
        "pool_mode = transaction"
      })
  @DisplayName("is refused, however it is set up")
  void isRefused(String settings, @TempDir Path folder) {
    if (PgBouncer.binary().isEmpty()) {
      System.out.println("SKIPPED: there is no pgbouncer on this machine");
    }
    assumeTrue(PgBouncer.binary().isPresent(), "pgbouncer");
    ServerAddress server = database.address();
    try (PgBouncer pooler =
        PgBouncer.start(folder, database.server(), server.user(), server.password(), settings)) {
      assertThatThrownBy(() -> database.open(database.address(pooler.port())))
          .asInstanceOf(type(DatabaseException.class))
          .satisfies(
              e -> {
                assertThat(e.failure().reason()).isEqualTo(Reason.PoolerUnsupported);
                assertThat(e.failure().message()).contains("name the PostgreSQL server itself");
              });
    }
  }
}
