package dev.matviews.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a release has left behind in a cluster and a database, for those that come after it: its
 * objects as the API server stores them, and its bookkeeping with the views that it tells of.
 */
record Release(String version) {

  private static final Path FOLDER = Path.of("src", "test", "resources", "releases");

  /** In the place of a namespace, which is also the name of its database and role. */
  private static final String TENANT = "the-tenant";

  private static final List<String> KINDS =
      List.of("PostgresConnection", "MaterializedView", "MaterializedViewRefresh");

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .build();

  static List<Release> all() {
    try (Stream<Path> folders = Files.list(FOLDER)) {
      return folders
          .map(folder -> new Release(FOLDER.relativize(folder).toString()))
          .sorted((a, b) -> a.version().compareTo(b.version()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void record(Tenant tenant) {
    StringBuilder objects = new StringBuilder();
    for (JsonNode object : stored(tenant)) {
      try {
        objects.append("---\n").append(YAML.writeValueAsString(object));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    write("objects.yaml", objects.toString(), tenant);
    write("database.sql", ReleaseDump.of(tenant), tenant);
  }

  /** Those of a namespace, without what belongs to one cluster only. */
  static List<JsonNode> stored(Tenant tenant) {
    List<JsonNode> objects = new ArrayList<>();
    for (String kind : KINDS) {
      GenericKubernetesResourceList all =
          tenant
              .client()
              .genericKubernetesResources("matviews.dev/v1alpha1", kind)
              .inNamespace(tenant.namespace())
              .list();
      for (GenericKubernetesResource object : all.getItems()) {
        ObjectNode tree = (ObjectNode) read(Serialization.asJson(object));
        ((ObjectNode) tree.get("metadata"))
            .remove(
                List.of(
                    "uid",
                    "resourceVersion",
                    "managedFields",
                    "creationTimestamp",
                    "ownerReferences"));
        objects.add(tree);
      }
    }
    return objects;
  }

  /** The objects as they would be stored in the tenant's namespace. */
  List<JsonNode> objects(Tenant tenant) {
    List<JsonNode> objects = new ArrayList<>();
    for (String document : read("objects.yaml", tenant).split("(?m)^---$", -1)) {
      if (!document.isBlank()) {
        objects.add(read(document));
      }
    }
    return objects;
  }

  /** Makes the tenant's database one that the release has worked in. */
  void loadDatabase(Tenant tenant) {
    tenant.sql(read("database.sql", tenant));
  }

  /** JSON is YAML; read alike, numbers are of one type. */
  private static JsonNode read(String yaml) {
    try {
      return YAML.readTree(yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String name, String text, Tenant tenant) {
    try {
      Path folder = Files.createDirectories(FOLDER.resolve(version));
      Files.writeString(folder.resolve(name), text.replace(tenant.namespace(), TENANT));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String read(String name, Tenant tenant) {
    try {
      return Files.readString(FOLDER.resolve(version).resolve(name))
          .replace(TENANT, tenant.namespace());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
