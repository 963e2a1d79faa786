package dev.matviews.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The folder with Argo CD's Lua and the objects that it is tried on, laid out as Argo CD does. */
final class Fixtures {

  static final Path ARGO_CD = Path.of("integrations", "argocd");
  static final Path GROUP = ARGO_CD.resolve("matviews.dev");
  static final List<String> KINDS =
      List.of("MaterializedView", "MaterializedViewRefresh", "PostgresConnection");

  private static final YAMLMapper YAML = new YAMLMapper();

  private Fixtures() {}

  static JsonNode read(Path file) {
    try {
      return YAML.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode phase(String kind, String name) {
    return read(GROUP.resolve(kind).resolve("testdata").resolve(name + ".yaml"));
  }

  static List<String> phasesOf(String kind) {
    try (Stream<Path> files = Files.list(GROUP.resolve(kind).resolve("testdata"))) {
      return files
          .map(file -> String.valueOf(file.getFileName()).replace(".yaml", ""))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
