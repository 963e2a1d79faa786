package dev.matviews.postgres;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Pattern;

/** Blocks of IP addresses, each written as CIDR: {@code 169.254.0.0/16}. */
public record Networks(List<String> blocks) {

  public static final Networks NONE = new Networks(List.of());

  /** No names: an address is known without asking anybody. */
  private static final Pattern BLOCK =
      Pattern.compile(
          "([0-9]{1,3}(?:[.][0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)/([0-9]{1,3})");

  /**
   * Checks each block.
   *
   * @throws IllegalArgumentException for what is none
   */
  public Networks {
    blocks = List.copyOf(blocks);
    blocks.forEach(block -> contains(block, InetAddress.getLoopbackAddress()));
  }

  boolean contains(InetAddress address) {
    return blocks.stream().anyMatch(block -> contains(block, address));
  }

  private static boolean contains(String block, InetAddress address) {
    var parts = BLOCK.matcher(block);
    if (!parts.matches()) {
      throw new IllegalArgumentException(block + " is no block of addresses such as 10.0.0.0/8");
    }
    byte[] start = bytes(parts.group(1));
    int bits = start.length * 8;
    int prefix = Integer.parseInt(parts.group(2));
    if (prefix > bits) {
      throw new IllegalArgumentException(block + " has a longer prefix than an address has bits");
    }
    byte[] given = address.getAddress();
    return given.length == start.length
        && new BigInteger(1, given)
            .shiftRight(bits - prefix)
            .equals(new BigInteger(1, start).shiftRight(bits - prefix));
  }

  private static byte[] bytes(String literal) {
    try {
      return InetAddress.getByName(literal).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal + " is no IP address", e);
    }
  }

  /** For a place that takes only text. */
  String text() {
    return String.join(",", blocks);
  }

  static Networks parse(String text) {
    return text.isEmpty() ? NONE : new Networks(List.of(text.split(",", -1)));
  }
}
