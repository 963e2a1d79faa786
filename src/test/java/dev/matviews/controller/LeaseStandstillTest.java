package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The lease that another one holds, or nobody,")
class LeaseStandstillTest {

  /** Looks are written second=version; a version is missing while there is no lease. */
  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          seen once                                 | 0=a                                   | false
          renewed at each look                      | 0=a 20=b 40=c 60=d 80=e 100=f 120=g   | false
          as old as it may be                       | 0=a 25=a 50=a 75=a                    | false
          older than that                           | 0=a 25=a 50=a 76=a                    | true
          older, and given back                     | 0= 25= 50= 76=                        | true
          taken just before                         | 0=a 25=a 50=a 75=b 76=b               | false
          taken in the end                          | 0=a 25=a 50=a 76=a 80=b               | false
          not renewed again after that              | 0=a 25=b 50=b 75=b 101=b              | true
          not renewed while nobody could look       | 0=a 25=a 600=a                        | false
          not renewed since one can look again      | 0=a 600=a 625=a 650=a 676=a           | true
          gone, and looked at as long               | 0=a 25= 50= 75= 101=                  | true
          """)
  @DisplayName("tells by the looks at it whether everybody has stopped to work")
  void table(String name, String looks, boolean tooLong) {
    LeaseStandstill last = null;
    for (String look : List.of(looks.split(" ", -1))) {
      int equals = look.indexOf('=');
      Duration at = Duration.ofSeconds(Long.parseLong(look.substring(0, equals)));
      String version = look.substring(equals + 1);
      last = last == null ? LeaseStandstill.first(version, at) : last.then(version, at);
    }
    assertThat(last).isNotNull().extracting(LeaseStandstill::isTooLong).isEqualTo(tooLong);
  }
}
