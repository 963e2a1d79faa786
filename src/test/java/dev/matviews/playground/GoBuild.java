package dev.matviews.playground;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
  private static final long LINE_EVERY_SECONDS = 15;

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
    Path module = Files.createTempDirectory("controlplane-");
    try {
      writeModule(module, version);
      for (Target target : targets) {
        build(module, target, folder.resolve(target.binary()), version);
      }
    } finally {
      FileTrees.delete(module);
    }
  }

  private void writeModule(Path module, KubernetesVersion version)
      throws IOException, InterruptedException {
    String pinned = resource("go.mod");
    if (version.equals(WantedVersion.TESTED)) {
      Files.writeString(module.resolve("go.mod"), pinned);
      Files.writeString(module.resolve("go.sum"), resource("go.sum"));
      return;
    }
    Files.writeString(module.resolve("go.mod"), forVersion(pinned, version));
    go(module, "Resolving the modules of Kubernetes " + version, "-mod=mod", "mod", "tidy");
  }

  /** Only Kubernetes itself is named; Go finds the etcd and the Go version that go with it. */
  static String forVersion(String pinned, KubernetesVersion version) {
    String text = INDIRECT.matcher(pinned).replaceAll("");
    text = GO_DIRECTIVE.matcher(text).replaceFirst("go 1.24.0");
    return text.replace(WantedVersion.TESTED.stagingVersion(), version.stagingVersion())
        .replace("v" + WantedVersion.TESTED, "v" + version);
  }

  private void build(Path module, Target target, Path output, KubernetesVersion version)
      throws IOException, InterruptedException {
    go(
        module,
        "Building " + target.binary() + " for Kubernetes " + version,
        "-mod=readonly",
        "build",
        "-buildvcs=false",
        "-trimpath",
        "-ldflags",
        linkerFlags(version),
        "-o",
        output.toString(),
        target.importPath());
  }

  private static String linkerFlags(KubernetesVersion version) {
    String variable = " -X k8s.io/component-base/version.";
    return String.format(
        Locale.ROOT,
        "-s -w%1$sgitVersion=v%2$s%1$sgitMajor=%3$d%1$sgitMinor=%4$d",
        variable,
        version,
        version.major(),
        version.minor());
  }

  private void go(Path module, String what, String goFlags, String... arguments)
      throws IOException, InterruptedException {
    Path output = module.resolve("output.txt");
    Process process = start(module, output, goFlags, arguments);
    Duration start = progress.elapsed();
    progress.step("%s", what);
    try {
      while (!process.waitFor(LINE_EVERY_SECONDS, TimeUnit.SECONDS)) {
        progress.step("%s: %d s so far", what, progress.elapsed().minus(start).toSeconds());
      }
    } finally {
      process.destroy();
    }
    if (process.exitValue() != 0) {
      throw new IOException("Go: " + what + " failed: " + LogTail.of(output, 5));
    }
  }

  private static Process start(Path module, Path output, String goFlags, String... arguments)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder("go");
    builder.command().addAll(List.of(arguments));
    builder.directory(module.toFile()).redirectErrorStream(true).redirectOutput(output.toFile());
    isolate(builder.environment(), goFlags);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new IOException("Go: there is no go on the PATH", e);
    }
  }

  /** What the user set for other builds stays out; where modules come from (GOPROXY) stays. */
  private static void isolate(Map<String, String> environment, String goFlags) {
    List.of("GOOS", "GOARCH", "GOEXPERIMENT", "GO111MODULE", "GODEBUG")
        .forEach(environment::remove);
    environment.put("GOFLAGS", goFlags);
    environment.put("GOWORK", "off");
    environment.put("CGO_ENABLED", "0");
    // Go's own default, which container images turn off: an older Go fetches the one it needs.
    environment.put("GOTOOLCHAIN", "auto");
  }

  static String resource(String name) throws IOException {
    try (var in = GoBuild.class.getResourceAsStream("/controlplane/" + name)) {
      if (in == null) {
        throw new IOException("Go: controlplane/" + name + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
