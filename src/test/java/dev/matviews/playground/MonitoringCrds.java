package dev.matviews.playground;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The CRDs of Prometheus Operator, out of its Go module. */
public final class MonitoringCrds {

  private static final String NAME = "prometheus-operator";
  private static final String MODULE = "github.com/prometheus-operator/prometheus-operator";

  private MonitoringCrds() {}

  /** A folder with a file for each. */
  public static Path provide(Progress progress) {
    try (GoModule module = GoModule.create(NAME, progress)) {
      module.write(GoModule.resource(NAME, "go.mod"), GoModule.resource(NAME, "go.sum"));
      String answer = module.download("Downloading Prometheus Operator", MODULE);
      String source = new ObjectMapper().readTree(answer).get("Dir").asText();
      return Path.of(source, "example", "prometheus-operator-crd");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
