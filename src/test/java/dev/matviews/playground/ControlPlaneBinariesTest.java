package dev.matviews.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlPlaneBinariesTest {

  private static final KubernetesVersion VERSION = new KubernetesVersion(1, 36, 3);
  private static final WantedVersion ANY_PATCH = new WantedVersion(VERSION, false);
  private static final WantedVersion EXACTLY = new WantedVersion(VERSION, true);
  private static final Progress SILENT =
      new Progress(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));

  private Path root;
  private final AtomicInteger builds = new AtomicInteger();

  @BeforeEach
  void useAnEmptyFolder(@TempDir Path empty) {
    root = empty;
  }

  @Test
  void binariesThatAreHereAreTakenAsTheyAre() {
    Path here = fill(folder().of(VERSION), 3);
    assertThat(binaries(EXACTLY, this::refuse).provide()).isEqualTo(here);
    assertThat(builds).hasValue(0);
  }

  @Test
  void anotherPatchOfTheTestedReleaseWillDoUnlessTheVersionWasNamed() {
    Path other = fill(folder().of(new KubernetesVersion(1, 36, 0)), 3);
    assertThat(binaries(ANY_PATCH, this::refuse).provide()).isEqualTo(other);
    assertThat(binaries(EXACTLY, this::build).provide()).isEqualTo(folder().of(VERSION));
  }

  @Test
  void aHalfBuiltFolderIsReplaced() {
    fill(folder().of(VERSION), 2);
    Path provided = binaries(EXACTLY, this::build).provide();
    assertThat(builds).hasValue(1);
    assertThat(BinaryFolder.isComplete(provided)).isTrue();
  }

  @Test
  void anIncompleteResultIsNeverPutInPlace() throws IOException {
    BinarySource incomplete = (staging, wanted) -> fillAndName(staging, 2);
    assertThatThrownBy(() -> binaries(EXACTLY, incomplete).provide())
        .isInstanceOf(IllegalStateException.class);
    try (Stream<Path> left = Files.list(folder().versions())) {
      assertThat(left).extracting(path -> path.getFileName().toString()).containsExactly(".lock");
    }
  }

  @Test
  void theNextWayIsTriedWhereOneFails() {
    Path provided = binaries(EXACTLY, this::refuse, this::build).provide();
    assertThat(provided).isEqualTo(folder().of(VERSION));
    assertThat(builds).hasValue(1);
  }

  @Test
  void whereNothingWorksOneMessageNamesAllThreeWaysAndWhatWasTried() {
    assertThatThrownBy(() -> binaries(EXACTLY, this::refuse).provide())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll(
            "1. put the three binaries into " + folder().of(VERSION),
            "2. let them be downloaded from GitHub",
            "3. have Go",
            "out of reach");
  }

  @Test
  void twoAtOnceMakeOneBuild() throws Exception {
    CountDownLatch building = new CountDownLatch(1);
    CountDownLatch secondIsComing = new CountDownLatch(1);
    BinarySource slow =
        (staging, wanted) -> {
          building.countDown();
          secondIsComing.await(10, TimeUnit.SECONDS);
          return build(staging, wanted);
        };
    var first = CompletableFuture.supplyAsync(() -> binaries(EXACTLY, slow).provide());
    assertThat(building.await(10, TimeUnit.SECONDS)).isTrue();
    var second = CompletableFuture.supplyAsync(() -> binaries(EXACTLY, slow).provide());
    secondIsComing.countDown();
    assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(first.get(10, TimeUnit.SECONDS));
    assertThat(builds).hasValue(1);
  }

  @Test
  void anotherVersionNamesKubernetesAndLeavesEtcdToThatRelease() throws IOException {
    String rewritten =
        GoBuild.forVersion(
            GoModule.resource("controlplane", "go.mod"), new KubernetesVersion(1, 35, 4));
    assertThat(rewritten)
        .contains("k8s.io/kubernetes v1.35.4", "k8s.io/api => k8s.io/api v0.35.4", "go 1.24.0\n")
        .doesNotContain("go.etcd.io/etcd/server/v3 v", "36.3");
  }

  private ControlPlaneBinaries binaries(WantedVersion wanted, BinarySource... sources) {
    return new ControlPlaneBinaries(folder(), wanted, List.of(sources), SILENT);
  }

  private BinaryFolder folder() {
    return new BinaryFolder(root);
  }

  private KubernetesVersion build(Path staging, WantedVersion wanted) {
    builds.incrementAndGet();
    return fillAndName(staging, 3);
  }

  private KubernetesVersion refuse(Path staging, WantedVersion wanted) throws IOException {
    throw new IOException("Download: out of reach");
  }

  private static KubernetesVersion fillAndName(Path staging, int binaries) {
    fill(staging, binaries);
    return VERSION;
  }

  private static Path fill(Path folder, int binaries) {
    try {
      Files.createDirectories(folder);
      for (String binary : BinaryFolder.BINARIES.subList(0, binaries)) {
        Path file = Files.writeString(folder.resolve(binary), "#!/bin/sh\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
