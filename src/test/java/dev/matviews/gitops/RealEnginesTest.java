package dev.matviews.gitops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.matviews.playground.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The rules and the Lua that the other tests use are those of the originals, which Go builds. */
@EnabledIfSystemProperty(named = "real.engines", matches = "true")
class RealEnginesTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  @DisplayName("kstatus and Argo CD's Lua engine answer for each object as ours do")
  void sameAnswers(@TempDir Path module) throws IOException {
    List<JsonNode> answers = answers(module);
    assertThat(answers)
        .hasSameSizeAs(Fixtures.KINDS.stream().flatMap(k -> Fixtures.phasesOf(k).stream()).toList())
        .allSatisfy(
            answer -> {
              String kind = answer.get("kind").asText();
              JsonNode object = Fixtures.phase(kind, answer.get("phase").asText());
              Path folder = Fixtures.GROUP.resolve(kind);
              assertThat(Kstatus.of(object)).hasToString(answer.get("kstatus").asText());
              assertThat(ArgoLua.run(folder.resolve("health.lua"), object))
                  .isEqualTo(answer.get("health"));
              for (var action : answer.path("actions").properties()) {
                assertThat(timeless(ours(folder.resolve("actions"), action.getKey(), object)))
                    .as(action.getKey())
                    .isEqualTo(timeless(action.getValue()));
              }
            });
    assertThat(answers).anySatisfy(a -> assertThat(a.at("/actions/approve")).isNotEmpty());
  }

  private static JsonNode ours(Path actions, String action, JsonNode object) {
    return action.equals("discovery")
        ? ArgoLua.run(actions.resolve("discovery.lua"), object)
        : ArgoLua.run(actions.resolve(action).resolve("action.lua"), object);
  }

  /** Of one action the answer holds the time, which has to be one. */
  private static JsonNode timeless(JsonNode answer) throws IOException {
    String requested = "/metadata/annotations/matviews.dev~1refresh-requested-at";
    JsonNode copy = JSON.readTree(answer.toString());
    if (!copy.at(requested).isMissingNode()) {
      assertThat(Instant.parse(copy.at(requested).asText())).isBefore(Instant.now());
      ((ObjectNode) copy.at("/metadata")).remove("annotations");
    }
    return copy;
  }

  private static List<JsonNode> answers(Path module) throws IOException {
    for (String file : List.of("go.mod", "go.sum", "main.go")) {
      try (var in =
          Objects.requireNonNull(RealEnginesTest.class.getResourceAsStream("/gitops/" + file))) {
        Files.copy(in, module.resolve(file));
      }
    }
    Commands.run(
        List.of("sh", "-c", "cd '%s' && exec go build -o engines .".formatted(module)),
        Map.of("CGO_ENABLED", "0", "GOFLAGS", "-mod=readonly", "GOTOOLCHAIN", "auto"));
    String folder = Fixtures.GROUP.toAbsolutePath().toString();
    String printed = Commands.run(List.of(module.resolve("engines").toString(), folder), Map.of());
    return Stream.of(printed.split("\n", -1))
        .filter(line -> !line.isBlank())
        .map(RealEnginesTest::parse)
        .toList();
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
