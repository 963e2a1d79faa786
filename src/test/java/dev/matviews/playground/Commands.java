package dev.matviews.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Commands that run to their end. */
public final class Commands {

  private Commands() {}

  /** What the command printed, both streams together; an exception when it fails. */
  public static String run(List<String> command, Map<String, String> environment) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      if (exit != 0) {
        throw new IllegalStateException(
            "'%s' ended with %d:%n%s".formatted(String.join(" ", command), exit, output));
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException("'" + command.get(0) + "' could not be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted in '" + command.get(0) + "'", e);
    }
  }
}
