package dev.matviews.playground;

import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubeapitest.binary.BinaryDownloader;
import io.fabric8.kubeapitest.binary.OSInfo;
import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The download of kube-api-test, from the releases that controller-tools makes for envtest. */
final class EnvtestDownload implements BinarySource {

  private static final List<String> HOSTS =
      List.of("https://github.com", "https://raw.githubusercontent.com");
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(4);
  private static final Duration DOWNLOAD_LIMIT = Duration.ofMinutes(5);

  private final Progress progress;

  EnvtestDownload(Progress progress) {
    this.progress = progress;
  }

  @Override
  public KubernetesVersion fill(Path folder, WantedVersion wanted)
      throws IOException, InterruptedException {
    if (Boolean.parseBoolean(System.getenv("KUBE_API_TEST_OFFLINE_MODE"))) {
      throw new IOException("Download: turned off by KUBE_API_TEST_OFFLINE_MODE");
    }
    for (String host : HOSTS) {
      within(PROBE_LIMIT, host + " cannot be reached", () -> probe(host));
    }
    progress.step("Downloading Kubernetes %s", wanted.version());
    return within(DOWNLOAD_LIMIT, "no envtest release came", () -> download(folder, wanted));
  }

  private static KubernetesVersion download(Path folder, WantedVersion wanted) throws IOException {
    BinaryDownloader downloader = new BinaryDownloader(folder.toString(), new OSInfo());
    KubernetesVersion version = published(downloader, wanted);
    File downloaded = downloader.download(version.toString());
    for (String binary : BinaryFolder.BINARIES) {
      Files.move(downloaded.toPath().resolve(binary), folder.resolve(binary));
    }
    FileTrees.delete(folder.resolve("k8s"));
    return version;
  }

  private static KubernetesVersion published(BinaryDownloader downloader, WantedVersion wanted) {
    KubernetesVersion version = wanted.version();
    return wanted.exact()
        ? version
        : KubernetesVersion.parse(
            downloader.findLatestOfWildcard(version.major() + "." + version.minor() + ".*"));
  }

  private static int probe(String host) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(host).toURL().openConnection();
    connection.setRequestMethod("HEAD");
    connection.setConnectTimeout((int) PROBE_LIMIT.toMillis());
    connection.setReadTimeout((int) PROBE_LIMIT.toMillis());
    connection.setInstanceFollowRedirects(false);
    try {
      return connection.getResponseCode();
    } finally {
      connection.disconnect();
    }
  }

  /** On a thread of its own: neither name resolution nor the downloader knows a time limit. */
  private static <T> T within(Duration limit, String failure, Callable<T> work)
      throws IOException, InterruptedException {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "envtest-download");
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("Download: " + failure + " within " + limit.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IOException("Download: " + failure + " (" + rootOf(e) + ")", e);
    }
  }

  private static Throwable rootOf(ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return cause instanceof KubeAPITestException && cause.getCause() != null
        ? cause.getCause()
        : cause;
  }
}
