package dev.matviews.playground;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The real Helm. What its user keeps elsewhere, such as repositories and plugins, stays out. */
public record Helm(Path binary, Path home, Map<String, String> environment) {

  public Helm {
    environment = Map.copyOf(environment);
  }

  /** For what needs no cluster. */
  public static Helm offline(Progress progress) {
    Path home = Path.of("target", "helm").toAbsolutePath();
    return new Helm(HelmBinary.provide(progress), home, Map.of());
  }

  /** As the user whom a kubeconfig names. */
  public static Helm of(Path kubeconfig, Progress progress) {
    Map<String, String> environment = Map.of("KUBECONFIG", kubeconfig.toAbsolutePath().toString());
    return new Helm(
        HelmBinary.provide(progress),
        kubeconfig.toAbsolutePath().resolveSibling("helm"),
        environment);
  }

  /** What Helm printed; an exception with that text when it fails. */
  public String run(String... arguments) {
    return run(List.of(arguments));
  }

  public String run(List<String> arguments) {
    List<String> command = Stream.concat(Stream.of(binary.toString()), arguments.stream()).toList();
    Map<String, String> folders =
        Map.of(
            "HELM_CACHE_HOME", home.resolve("cache").toString(),
            "HELM_CONFIG_HOME", home.resolve("config").toString(),
            "HELM_DATA_HOME", home.resolve("data").toString());
    return Commands.run(command, together(folders, environment));
  }

  private static Map<String, String> together(Map<String, String> one, Map<String, String> other) {
    Map<String, String> all = new HashMap<>(one);
    all.putAll(other);
    return all;
  }
}
