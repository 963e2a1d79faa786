package dev.matviews.gitops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.matviews.api.TestApiServer;
import dev.matviews.playground.Kubectl;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What people copy to sync views from Git: it is taken as it stands, and names only what is there.
 */
class GitOpsExamplesTest {

  private static final Path FOLDER = Path.of("examples", "gitops");
  private static final Path VIEWS = FOLDER.resolve("views");
  private static final Kubectl KUBECTL = TestApiServer.kubectl();
  private static final YAMLMapper YAML = new YAMLMapper();

  /** Of another team's, as in any repository. */
  private static final String OTHERS = "./reports";

  @BeforeAll
  static void namespace() {
    TestApiServer.client()
        .resource(new NamespaceBuilder().withNewMetadata().withName("shop").endMetadata().build())
        .serverSideApply();
  }

  @Test
  @DisplayName(
      "the folder is built by Kustomize, applied either way, and does not differ afterwards")
  void views() {
    String folder = VIEWS.toString();
    KUBECTL.run("apply", "--server-side", "-k", folder);
    KUBECTL.run("diff", "--server-side", "-k", folder);
    KUBECTL.run("apply", "-k", folder);
    KUBECTL.run("diff", "-k", folder);
  }

  @Test
  @DisplayName(
      "Flux finds the source, the folders and what comes first, and waits for what is built")
  void flux() throws IOException {
    List<JsonNode> objects =
        documents(Files.readString(FOLDER.resolve("flux").resolve("views.yaml")));
    List<String> names = names(objects);
    assertThat(names).contains("GitRepository shop", "Kustomization shop-views");
    for (JsonNode object : ofKind(objects, "Kustomization")) {
      String source = object.at("/spec/sourceRef/kind").asText() + " ";
      assertThat(names).contains(source + object.at("/spec/sourceRef/name").asText());
      assertThat(names)
          .containsAll(
              object
                  .at("/spec/dependsOn")
                  .valueStream()
                  .map(first -> "Kustomization " + first.get("name").asText())
                  .toList());
      String path = object.at("/spec/path").asText();
      assertThat(path.equals(OTHERS) || Files.isDirectory(Path.of(path))).as(path).isTrue();
      assertThat(built(VIEWS)).containsAll(healthChecks(object));
      assertThat(object.at("/spec/wait").asBoolean() != object.at("/spec").has("healthChecks"))
          .as("waits, for all or for some")
          .isTrue();
    }
    assertThat(ofKind(objects, "Kustomization"))
        .filteredOn(object -> object.at("/spec/path").asText().equals("./crds"))
        .singleElement()
        .satisfies(kinds -> assertThat(kinds.at("/spec/prune").asBoolean()).isFalse());
  }

  @Test
  @DisplayName("Argo CD finds the folder, in the namespace that it is for")
  void argoCd() throws IOException {
    JsonNode application = Fixtures.read(FOLDER.resolve("argocd").resolve("application.yaml"));
    assertThat(Path.of(application.at("/spec/source/path").asText())).isEqualTo(VIEWS);
    assertThat(application.at("/spec/destination/namespace").asText())
        .isEqualTo(Fixtures.read(VIEWS.resolve("kustomization.yaml")).get("namespace").asText());
  }

  @Test
  @DisplayName("Argo CD's hook can be listed beside the views, and names one of them")
  void hook(@TempDir Path folder) throws IOException {
    Path hook = FOLDER.resolve("argocd").resolve("refresh-after-sync.yaml");
    try (Stream<Path> files = Files.list(VIEWS)) {
      for (Path file : (Iterable<Path>) Stream.concat(files, Stream.of(hook))::iterator) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    String listed = "  - " + hook.getFileName() + "\n";
    Files.writeString(folder.resolve("kustomization.yaml"), listed, StandardOpenOption.APPEND);
    JsonNode object = Fixtures.read(hook);
    assertThat(built(folder))
        .containsAll(names(List.of(object)))
        .contains("MaterializedView " + object.at("/spec/materializedViewRef/name").asText());
  }

  private static List<String> built(Path folder) throws IOException {
    return names(documents(KUBECTL.run("kustomize", folder.toString())));
  }

  private static List<String> healthChecks(JsonNode kustomization) {
    return kustomization
        .at("/spec/healthChecks")
        .valueStream()
        .map(GitOpsExamplesTest::name)
        .toList();
  }

  private static List<JsonNode> ofKind(List<JsonNode> objects, String kind) {
    return objects.stream().filter(object -> object.get("kind").asText().equals(kind)).toList();
  }

  private static List<String> names(List<JsonNode> objects) {
    return objects.stream()
        .map(o -> o.get("kind").asText() + " " + o.at("/metadata/name").asText())
        .toList();
  }

  private static String name(JsonNode reference) {
    return reference.get("kind").asText() + " " + reference.get("name").asText();
  }

  private static List<JsonNode> documents(String yaml) {
    return Stream.of(yaml.split("(?m)^---$", -1)).map(GitOpsExamplesTest::parse).toList();
  }

  private static JsonNode parse(String yaml) {
    try {
      return YAML.readTree(yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
