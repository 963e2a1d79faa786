package dev.matviews.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A kube-apiserver on loopback only, with RBAC in force: nobody gets in without a token, and only
 * the admin's token stands above the rules.
 */
record ApiServer(ChildProcess process, String url, String adminToken, String certificates)
    implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(90);

  /** What it takes beside its binary: a folder of its own, its store, and more flags. */
  record Settings(Path binary, Path folder, String etcdUrl, List<String> extraFlags) {

    Settings {
      extraFlags = List.copyOf(extraFlags);
    }
  }

  static ApiServer start(Settings settings) {
    return LoopbackPort.retrying(() -> startOnFreePort(settings));
  }

  private static ApiServer startOnFreePort(Settings settings) {
    try {
      Path folder = settings.folder();
      Path key =
          Pem.writePrivateKey(
              folder.resolve("service-account.key"), Pem.newRsaKeyPair().getPrivate());
      String token = newToken();
      Path tokens =
          Pem.writeSecret(
              folder.resolve("tokens.csv"), token + ",admin,admin,\"system:masters\"\n");
      int port = LoopbackPort.free();
      ChildProcess process =
          ChildProcess.start(
              "kube-apiserver",
              command(settings, port, key, tokens),
              Map.of(),
              folder.resolve("kube-apiserver.log"));
      return awaitReady(process, folder, "https://" + LoopbackPort.HOST + ":" + port, token);
    } catch (IOException e) {
      throw new UncheckedIOException("The API server's files could not be written", e);
    }
  }

  private static ApiServer awaitReady(ChildProcess process, Path folder, String url, String token)
      throws IOException {
    Path certificate = folder.resolve("apiserver.crt");
    process.awaitReady(LIMIT, () -> isWritten(certificate));
    HttpProbe probe = probe(certificate, token);
    // /readyz does not speak of the namespaces, which come a moment later.
    process.awaitReady(
        LIMIT, () -> probe.isOk(url + "/readyz") && probe.isOk(url + "/api/v1/namespaces/default"));
    return new ApiServer(process, url, token, Files.readString(certificate));
  }

  /** The server writes its key last. */
  private static boolean isWritten(Path certificate) {
    return Files.exists(certificate.resolveSibling("apiserver.key"));
  }

  private static HttpProbe probe(Path certificate, String token) throws IOException {
    try {
      return HttpProbe.trusting(
          Pem.readCertificates(certificate), Map.of("Authorization", "Bearer " + token));
    } catch (GeneralSecurityException e) {
      throw new IOException("The API server's certificate cannot be read: " + certificate, e);
    }
  }

  private static List<String> command(Settings settings, int port, Path key, Path tokens) {
    List<String> command = new ArrayList<>();
    command.add(settings.binary().toString());
    command.addAll(
        List.of(
            "--bind-address=" + LoopbackPort.HOST,
            "--advertise-address=" + LoopbackPort.HOST,
            // Nothing runs in this cluster that would look for the API server by its Service.
            "--endpoint-reconciler-type=none",
            "--secure-port=" + port,
            "--cert-dir=" + settings.folder(),
            "--etcd-servers=" + settings.etcdUrl(),
            "--anonymous-auth=false",
            "--token-auth-file=" + tokens,
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            "--service-account-signing-key-file=" + key,
            "--service-account-key-file=" + key,
            // It wants the controllers that make ServiceAccounts, which are not here.
            "--disable-admission-plugins=ServiceAccount",
            "--service-cluster-ip-range=10.0.0.0/24"));
    command.addAll(settings.extraFlags());
    return command;
  }

  private static String newToken() {
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** At once: asked politely it would wait for those who watch, and nothing here is to be kept. */
  @Override
  public void close() {
    process.kill();
  }
}
