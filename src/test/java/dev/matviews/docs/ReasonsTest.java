package dev.matviews.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.TestApiServer;
import dev.matviews.plan.Reason;
import dev.matviews.playground.Kubectl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("docs/reasons.md")
class ReasonsTest {

  private static final String SECRET =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: playground-app}
      stringData: {password: unknown}
      """;

  @Test
  @DisplayName("has each reason once, in the order of the enum and by what happens next")
  void hasEachReason() {
    assertThat(ReasonsPage.entries())
        .extracting(entry -> entry.reason() + " " + entry.retry())
        .containsExactlyElementsOf(
            Stream.of(
                    Reason.Retry.None,
                    Reason.Retry.Backoff,
                    Reason.Retry.Slow,
                    Reason.Retry.OnEvent,
                    Reason.Retry.Never)
                .flatMap(retry -> Arrays.stream(Reason.values()).filter(r -> r.retry() == retry))
                .map(reason -> reason.name() + " " + reason.retry())
                .toList());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dev.matviews.docs.ReasonsPage#entries")
  @DisplayName("says of each: cause, what we do, what you do, how to look")
  void saysAllOfEach(ReasonsPage.Entry entry) {
    assertThat(entry.lines().keySet()).containsExactly("Cause", "The operator", "You", "Check");
    assertThat(entry.lines())
        .allSatisfy((key, line) -> assertThat(line).endsWith(key.equals("Check") ? "`" : "."));
  }

  @Test
  @DisplayName("has commands that kubectl takes")
  void kubectlTakesTheChecks(@TempDir Path folder) throws IOException {
    Kubectl kubectl = TestApiServer.kubectl();
    Path secret = Files.writeString(folder.resolve("secret.yaml"), SECRET);
    kubectl.apply(Path.of("examples", "quickstart"), secret);
    List<List<String>> commands =
        ReasonsPage.checks().stream()
            .filter(check -> check.startsWith("kubectl "))
            // There is no Pod here that has a log.
            .filter(check -> !check.startsWith("kubectl logs "))
            .map(check -> List.of(check.split(" ", -1)))
            .toList();
    assertThat(commands).isNotEmpty();
    commands.forEach(command -> kubectl.run(command.subList(1, command.size())));
  }

  @Test
  @DisplayName("has no command that is neither kubectl's nor SQL")
  void commandsAreOfTwoKinds() {
    assertThat(ReasonsPage.checks())
        .allMatch(c -> c.startsWith("kubectl ") || c.startsWith("SELECT "));
  }
}
