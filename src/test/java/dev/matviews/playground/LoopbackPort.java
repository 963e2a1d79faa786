package dev.matviews.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.function.Supplier;

/** Free ports on 127.0.0.1. Someone else may take one before it is used, hence the retries. */
final class LoopbackPort {

  static final String HOST = "127.0.0.1";
  private static final int ATTEMPTS = 4;

  private LoopbackPort() {}

  static int free() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("No free port on " + HOST, e);
    }
  }

  /** Starts a server that picks its ports itself, again where another process was faster. */
  static <T> T retrying(Supplier<T> start) {
    for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
      try {
        return start.get();
      } catch (StartFailure e) {
        if (!e.isOfATakenPort()) {
          throw e;
        }
      }
    }
    return start.get();
  }
}
