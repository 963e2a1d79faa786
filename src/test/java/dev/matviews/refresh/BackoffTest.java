package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Reason;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BackoffTest {

  @ParameterizedTest(name = "{0} for the {1}th time: {2}")
  @DisplayName("the pause doubles up to five minutes where the next try may succeed")
  @CsvSource({
    "LockTimeout, 1, PT1S",
    "LockTimeout, 2, PT2S",
    "LockTimeout, 3, PT4S",
    "LockTimeout, 9, PT4M16S",
    "LockTimeout, 10, PT5M",
    "LockTimeout, 1000, PT5M",
    "LockTimeout, 2147483647, PT5M",
    "LockTimeout, 0, PT1S",
    "LockTimeout, -1, PT1S",
    "Deadlock, 4, PT8S",
    "DatabaseUnavailable, 5, PT16S",
    "SourceMissing, 1, PT1S",
    "UpstreamNotPopulated, 2, PT2S",
    "InsufficientResources, 1, PT5M",
    "InternalError, 1, PT5M",
    "QueryFailed, 1, PT5M",
    "Cancelled, 1, PT5M"
  })
  void pauses(Reason reason, int failures, Duration pause) {
    assertThat(Backoff.pause(reason, failures)).isEqualTo(pause);
  }

  @ParameterizedTest
  @DisplayName("no reason makes a caller spin or wait for more than five minutes")
  @EnumSource
  void isBounded(Reason reason) {
    for (int failures = 0; failures < 100; failures++) {
      assertThat(Backoff.pause(reason, failures))
          .isBetween(Duration.ofSeconds(1), Duration.ofMinutes(5));
    }
  }
}
