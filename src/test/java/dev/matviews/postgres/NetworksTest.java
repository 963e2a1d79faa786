package dev.matviews.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {

  @ParameterizedTest
  @CsvSource({
    "169.254.0.0/16, 169.254.169.254, true",
    "169.254.0.0/16, 169.253.255.255, false",
    "169.254.0.0/16, ::ffff:169.254.169.254, true",
    "169.254.0.0/16, fe80::1, false",
    "fe80::/10, fe80::1, true",
    "fe80::/10, febf:ffff::1, true",
    "fe80::/10, fec0::1, false",
    "fd00:ec2::254/128, fd00:ec2::254, true",
    "fd00:ec2::254/128, fd00:ec2::253, false",
    "10.1.2.3/32, 10.1.2.3, true",
    "10.1.2.3/32, 10.1.2.4, false",
    "0.0.0.0/0, 8.8.8.8, true",
    "0.0.0.0/0, ::1, false"
  })
  void contains(String block, String address, boolean inside) throws UnknownHostException {
    Networks networks = Networks.parse(new Networks(List.of("1.0.0.0/8", block)).text());
    assertThat(networks.contains(InetAddress.getByName(address))).isEqualTo(inside);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "localhost/8", "10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0/8", "x::/8"})
  void whatIsNoBlockIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Networks(List.of(text)));
  }
}
