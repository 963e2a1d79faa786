package dev.matviews.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;

/** A kubeconfig that stands for itself: it names no other file. */
record Kubeconfig(String url, String certificates, String user, String token, String namespace) {

  Path writeTo(Path file) {
    try {
      return Pem.writeSecret(file.toAbsolutePath(), text());
    } catch (IOException e) {
      throw new UncheckedIOException("The kubeconfig " + file + " could not be written", e);
    }
  }

  String text() {
    return """
        apiVersion: v1
        kind: Config
        clusters:
          - name: matviews
            cluster:
              server: %s
              certificate-authority-data: %s
        users:
          - name: %s
            user:
              token: %s
        contexts:
          - name: matviews
            context:
              cluster: matviews
              user: %s
              namespace: %s
        current-context: matviews
        """
        .formatted(url, encoded(), user, token, user, namespace);
  }

  private String encoded() {
    return Base64.getEncoder().encodeToString(certificates.getBytes(StandardCharsets.US_ASCII));
  }
}
