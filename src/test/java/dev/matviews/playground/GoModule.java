package dev.matviews.playground;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A folder with a go.mod and a go.sum and no source, by which Go fetches or builds others' work.
 */
record GoModule(Path folder, Progress progress) implements AutoCloseable {

  private static final long LINE_EVERY_SECONDS = 15;

  static GoModule create(String name, Progress progress) throws IOException {
    return new GoModule(Files.createTempDirectory(name + "-"), progress);
  }

  /** One of the two files as it is pinned for that module. */
  static String resource(String module, String file) throws IOException {
    String path = "/" + module + "/" + file;
    try (var in = GoModule.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IOException("Go: " + path + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  void write(String goMod, String goSum) throws IOException {
    Files.writeString(folder.resolve("go.mod"), goMod);
    Files.writeString(folder.resolve("go.sum"), goSum);
  }

  /** For one that has no go.sum yet: Go finds what it needs and writes that down. */
  void resolve(String what, String goMod) throws IOException, InterruptedException {
    Files.writeString(folder.resolve("go.mod"), goMod);
    go(what, "-mod=mod", "mod", "tidy");
  }

  /**
   * The source of one that go.mod names, as go.sum knows it.
   *
   * @return what Go says of it, in JSON
   */
  String download(String what, String module) throws IOException, InterruptedException {
    go(what, "-mod=readonly", "mod", "download", "-json", module);
    return Files.readString(output());
  }

  /** {@code variables} are the linker's, such as {@code " -X main.version=1"}. */
  void build(String what, String importPath, String variables, Path output)
      throws IOException, InterruptedException {
    build(what, importPath, variables, "", output);
  }

  /** {@code tags} leave parts of a command out. */
  void build(String what, String importPath, String variables, String tags, Path output)
      throws IOException, InterruptedException {
    go(
        what,
        "-mod=readonly",
        "build",
        "-buildvcs=false",
        "-trimpath",
        "-tags",
        tags,
        "-ldflags",
        "-s -w" + variables,
        "-o",
        output.toString(),
        importPath);
  }

  private void go(String what, String goFlags, String... arguments)
      throws IOException, InterruptedException {
    Process process = start(output(), goFlags, arguments);
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
      throw new IOException("Go: " + what + " failed: " + LogTail.of(output(), 5));
    }
  }

  private Path output() {
    return folder.resolve("output.txt");
  }

  private Process start(Path output, String goFlags, String... arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("go");
    builder.command().addAll(List.of(arguments));
    builder.directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output.toFile());
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

  @Override
  public void close() throws IOException {
    FileTrees.delete(folder);
  }
}
