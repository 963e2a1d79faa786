package dev.matviews.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A server that runs beside us; its output goes to a file, and it ends when it is closed. */
final class ChildProcess implements AutoCloseable {

  /** A server takes settings from its environment, so it gets ours only where it must. */
  private static final Set<String> INHERITED =
      Set.of("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ");

  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final int LINES_SHOWN = 15;

  private final String name;
  private final Process process;
  private final Path log;

  private ChildProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  static ChildProcess start(
      String name, List<String> command, Map<String, String> environment, Path log) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().retainAll(INHERITED);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      return new ChildProcess(name, builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " could not be started: " + command.get(0), e);
    }
  }

  ChildProcess awaitReady(Duration limit, BooleanSupplier ready) {
    return awaitReady(limit, Duration.ofMillis(50), ready);
  }

  ChildProcess awaitReady(Duration limit, Duration interval, BooleanSupplier ready) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!ready.getAsBoolean()) {
      if (exitedWithin(interval)) {
        throw failed("exited with " + process.exitValue() + " before it was ready");
      }
      if (System.nanoTime() > deadline) {
        close();
        throw failed("was not ready after " + limit.toSeconds() + " s");
      }
    }
    return this;
  }

  StartFailure failed(String what) {
    return new StartFailure(
        "%s %s. Its log is %s and ends with:%n%s"
            .formatted(name, what, log, LogTail.of(log, LINES_SHOWN)));
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Once it has ended. */
  int exitStatus() {
    return process.exitValue();
  }

  CompletableFuture<ChildProcess> onExit() {
    return process.onExit().thenApply(ended -> this);
  }

  /** Such as STOP and CONT, which Java cannot send. */
  void signal(String signal) {
    Commands.run(List.of("sh", "-c", "kill -s " + signal + " " + pid()), Map.of());
  }

  /** SIGTERM; it does not wait. */
  void terminate() {
    process.destroy();
  }

  /** SIGKILL, and waits until the process is gone. */
  void kill() {
    process.destroyForcibly();
    exitedWithin(GRACE);
  }

  @Override
  public void close() {
    terminate();
    if (!exitedWithin(GRACE)) {
      kill();
    }
  }

  boolean exitedWithin(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      return true;
    }
  }
}
