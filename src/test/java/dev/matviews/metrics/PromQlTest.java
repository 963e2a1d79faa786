package dev.matviews.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class PromQlTest {

  @Test
  void findsWhatAQueryAsksFor() {
    String query =
        """
        histogram_quantile(0.99, sum by (le, mode) (
          rate(a_bucket{result!="Succ(x)ess", m=~"$m"}[$__rate_interval]))) * 60
          or absent(b) unless on (job) time() - c:d
        """;
    assertThat(PromQl.of(query))
        .isEqualTo(
            new PromQl(Set.of("a_bucket", "b", "c:d"), Set.of("mode", "result", "m", "job")));
  }
}
