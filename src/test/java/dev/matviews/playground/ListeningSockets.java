package dev.matviews.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.Comparator;
import java.util.List;

/** On which addresses of this machine a port answers. */
final class ListeningSockets {

  private static final int MILLISECONDS = 500;

  private ListeningSockets() {}

  static List<String> addressesOf(int port) {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> answers(address, port))
          .map(InetAddress::getHostAddress)
          .sorted(Comparator.naturalOrder())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean answers(InetAddress address, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), MILLISECONDS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
