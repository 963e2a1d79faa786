package dev.matviews.postgres;

import java.io.IOException;
import java.io.Serial;

/** A host's name stands for an address to which no connection may go. */
final class RefusedAddressException extends IOException {

  @Serial private static final long serialVersionUID = 1L;

  RefusedAddressException(String address) {
    super("no connection goes to " + address);
  }
}
