package dev.matviews.playground;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Asks a server over HTTP whether it is there. */
record HttpProbe(HttpClient client, Map<String, String> headers) {

  private static final Duration LIMIT = Duration.ofSeconds(2);

  static HttpProbe plain() {
    return new HttpProbe(newClient().build(), Map.of());
  }

  static HttpProbe trusting(
      Collection<? extends Certificate> certificates, Map<String, String> headers) {
    return new HttpProbe(newClient().sslContext(trust(certificates)).build(), Map.copyOf(headers));
  }

  private static HttpClient.Builder newClient() {
    // The API server ends an HTTP/2 connection together with a refusal, which would hide it.
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT);
  }

  /** The status, or 0 where no answer comes. */
  int status(String url) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT);
    headers.forEach(request::header);
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while asking " + url, e);
    }
  }

  boolean isOk(String url) {
    return status(url) == 200;
  }

  private static SSLContext trust(Collection<? extends Certificate> certificates) {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (Certificate certificate : certificates) {
        trusted.setCertificateEntry("trusted-" + trusted.size(), certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("No TLS context", e);
    }
  }
}
