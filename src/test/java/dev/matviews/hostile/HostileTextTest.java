package dev.matviews.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HostileTextTest {

  private static final List<HostileText> ALL = HostileText.all();

  @Test
  void thereAreManyAndNoneIsTwice() {
    assertThat(ALL).hasSizeGreaterThan(300);
    assertThat(ALL).extracting(HostileText::name).doesNotHaveDuplicates().doesNotContain("");
    assertThat(ALL).extracting(HostileText::text).doesNotHaveDuplicates();
  }

  @Test
  void someAreAcceptedInEachPlaceAndMostAreNot() {
    assertThat(ALL).filteredOn(t -> t.query().isEmpty()).hasSizeBetween(50, 150);
    assertThat(ALL).filteredOn(t -> t.where().isEmpty()).hasSizeBetween(10, 50);
    assertThat(ALL).filteredOn(t -> t.key().isEmpty()).hasSizeBetween(10, 50);
  }
}
