package dev.matviews.postgres;

import java.io.Serial;
import java.net.SocketException;

/** A server sends more than any answer to us can be; nothing that TLS would be blamed for. */
final class FloodException extends SocketException {

  @Serial private static final long serialVersionUID = 1L;

  FloodException() {
    super("more than an answer can be");
  }
}
