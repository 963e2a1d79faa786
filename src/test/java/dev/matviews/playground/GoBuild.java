package dev.matviews.playground;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Builds the binaries from a go.mod and a go.sum; there is no Go source of ours. */
final class GoBuild implements BinarySource {

  /** In this order: what is quick first, so that a broken set-up shows early. */
  private static final List<Target> TARGETS =
      List.of(
          new Target("etcd", "go.etcd.io/etcd/server/v3"),
          new Target("kubectl", "k8s.io/kubernetes/cmd/kubectl"),
          new Target("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"));

  private static final Target CONTROLLER_MANAGER =
      new Target("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager");

  private static final Pattern GO_DIRECTIVE = Pattern.compile("(?m)^go .*$");
  private static final Pattern INDIRECT =
      Pattern.compile("(?m)^(?!\tk8s.io/kubernetes ).* // indirect\n");

  private final Progress progress;

  GoBuild(Progress progress) {
    this.progress = progress;
  }

  private record Target(String binary, String importPath) {}

  @Override
  public KubernetesVersion fill(Path folder, WantedVersion wanted)
      throws IOException, InterruptedException {
    build(TARGETS, folder, wanted.version());
    return wanted.version();
  }

  /** kube-controller-manager, which few tests need, into the folder. */
  void controllerManager(Path folder, KubernetesVersion version)
      throws IOException, InterruptedException {
    build(List.of(CONTROLLER_MANAGER), folder, version);
  }

  private void build(List<Target> targets, Path folder, KubernetesVersion version)
      throws IOException, InterruptedException {
    try (GoModule module = GoModule.create("controlplane", progress)) {
      write(module, version);
      for (Target target : targets) {
        module.build(
            "Building " + target.binary() + " for Kubernetes " + version,
            target.importPath(),
            linkerFlags(version),
            folder.resolve(target.binary()));
      }
    }
  }

  private static void write(GoModule module, KubernetesVersion version)
      throws IOException, InterruptedException {
    String pinned = GoModule.resource("controlplane", "go.mod");
    if (version.equals(WantedVersion.TESTED)) {
      module.write(pinned, GoModule.resource("controlplane", "go.sum"));
    } else {
      module.resolve("Resolving the modules of Kubernetes " + version, forVersion(pinned, version));
    }
  }

  /** Only Kubernetes itself is named; Go finds the etcd and the Go version that go with it. */
  static String forVersion(String pinned, KubernetesVersion version) {
    String text = INDIRECT.matcher(pinned).replaceAll("");
    text = GO_DIRECTIVE.matcher(text).replaceFirst("go 1.24.0");
    return text.replace(WantedVersion.TESTED.stagingVersion(), version.stagingVersion())
        .replace("v" + WantedVersion.TESTED, "v" + version);
  }

  private static String linkerFlags(KubernetesVersion version) {
    String variable = " -X k8s.io/component-base/version.";
    return String.format(
        Locale.ROOT,
        "%1$sgitVersion=v%2$s%1$sgitMajor=%3$d%1$sgitMinor=%4$d",
        variable,
        version,
        version.major(),
        version.minor());
  }
}
