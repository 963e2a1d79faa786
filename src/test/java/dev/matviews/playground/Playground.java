package dev.matviews.playground;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The front door: {@code demo} shows the operator at work and stops, {@code up} stays until it is
 * told to stop.
 */
public final class Playground {

  private static final String USAGE = "Say what to do: demo or up";
  private static final Path DEMO = Path.of("target", "demo");
  private static final Path UP = Path.of("target", "playground");
  private static final Duration SIGNAL_ON_ITS_WAY = Duration.ofSeconds(2);

  private final PrintStream out = System.out;
  private final Progress progress = new Progress(System.out);
  private final Running running = new Running();
  private final AtomicBoolean signalled = new AtomicBoolean();

  private Playground() {}

  public static void main(String[] arguments) {
    if (arguments.length != 1 || !(arguments[0].equals("demo") || arguments[0].equals("up"))) {
      System.err.println(USAGE);
      System.exit(2);
    }
    // What the libraries log of their steps would hide ours.
    System.setProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager");
    Logger.getLogger("").setLevel(Level.OFF);
    System.exit(new Playground().run(arguments[0].equals("demo")));
  }

  private int run(boolean demo) {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
    try (running) {
      if (demo) {
        demo();
      } else {
        up();
      }
      return 0;
    } catch (RuntimeException | InterruptedException e) {
      if (!signalled.get()) {
        System.err.printf("%nThis failed: %s%nThe logs are in %s%n", reason(e), demo ? DEMO : UP);
      }
      return 1;
    }
  }

  /** At the end of the program, which is early where a signal asked for it. */
  private void stop() {
    if (!running.isClosing()) {
      signalled.set(true);
      out.println();
      progress.step("Stopping");
      running.closeWithAllChildren();
      progress.step("All is stopped");
    }
  }

  private void demo() {
    WorkFolder folder = running.add(WorkFolder.take(DEMO));
    Quickstart quickstart = new Quickstart(Cluster.start(folder.path(), running, progress), out);
    quickstart.apply();
    progress.step("All views are filled; waiting for a refresh by schedule");
    quickstart.awaitScheduledRefresh();
    quickstart.showViews();
    quickstart.showHistory();
    out.println();
    running.close();
    progress.step("Done, and all is stopped");
  }

  private void up() throws InterruptedException {
    WorkFolder folder = running.add(WorkFolder.take(UP));
    Cluster cluster = Cluster.start(folder.path(), running, progress);
    PlaygroundFiles files = new PlaygroundFiles(folder);
    files.write(cluster);
    Quickstart quickstart = new Quickstart(cluster, out);
    quickstart.apply();
    quickstart.showViews();
    running.add(files.markReady());
    out.println();
    progress.step("The playground is ready, until Ctrl-C. In another terminal:");
    out.printf("%n  export KUBECONFIG=%s%n", folder.resolve("kubeconfig"));
    out.printf("  %s get matviews%n%n", UP.resolve("bin").resolve("kubectl"));
    ChildProcess ended = cluster.awaitTheEndOfOne();
    // Ctrl-C reaches our children as soon as ourselves.
    if (!running.isClosingWithin(SIGNAL_ON_ITS_WAY)) {
      throw ended.failed("ended although nobody stopped it");
    }
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause();
    String message = String.valueOf(failure.getMessage());
    return cause == null ? message : message + ": " + cause.getMessage();
  }
}
