package dev.matviews.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.matviews.playground.Helm;
import dev.matviews.playground.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The chart as Helm sees it. */
final class Chart {

  static final Path FOLDER = Path.of("helm", "matview-operator");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Helm HELM = Helm.offline(Progress.toStandardError());

  private Chart() {}

  static String lint(String... arguments) {
    return HELM.run(with(List.of("lint", "--strict", FOLDER.toString()), arguments));
  }

  /** As text; {@code arguments} are more of Helm's, such as {@code --set}. */
  static String render(String release, String namespace, String... arguments) {
    return HELM.run(
        with(List.of("template", release, FOLDER.toString(), "--namespace", namespace), arguments));
  }

  /** The objects that are rendered. */
  static List<JsonNode> objects(String release, String namespace, String... arguments)
      throws IOException {
    return parse(render(release, namespace, arguments));
  }

  static List<JsonNode> parse(String documents) throws IOException {
    try (var parsed = YAML.readerFor(JsonNode.class).<JsonNode>readValues(documents)) {
      return parsed.readAll().stream().filter(JsonNode::isObject).toList();
    }
  }

  static JsonNode file(String name) throws IOException {
    return YAML.readTree(FOLDER.resolve(name).toFile());
  }

  private static List<String> with(List<String> command, String... more) {
    return Stream.of(command, List.of(more)).flatMap(List::stream).toList();
  }
}
